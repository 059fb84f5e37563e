/**
 * Looking from outside: plain SQL over a superuser's connection of its own. Nothing here goes through our code, so that
 * code which is wrong cannot also be the witness.
 */
import pg from "pg";

/** One statement on a connection of its own: a server that was restarted meanwhile is no trouble. Counts are numbers. */
export const ask = async <Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
};

export const askOne = async <Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row> => {
  const [row] = await ask<Row>(url, sql, values);
  if (row === undefined) throw new Error(`no row: ${sql}`);
  return row;
};

/** Money that must be there exactly once. An empty account number says that it belongs in suspense. */
export type Expected = { readonly serial: string; readonly accountNo: string; readonly amountFen: bigint };

export type Count = { readonly lost: number; readonly doubled: number };

/**
 * Lost: expected money without its payment (account and amount as sent) or suspense item, and payments without posting,
 * whole transfers or announcement. Doubled: a second payment, posting, allocation or announcement of the same money,
 * and money of the channel that nobody sent.
 */
export const countMoney = async (url: string, expected: readonly Expected[]): Promise<Count> => {
  const row = await askOne<{ lost: number; doubled: number }>(
    url,
    `
    with expected as (
      select * from unnest($1::text[], $2::text[], $3::bigint[]) e (serial, account_no, amount_fen)
    ), announced as materialized (
      select jsonb_array_elements_text(o.payload -> 'paymentIds')::bigint as id
      from outbox_events o where o.type = 'payments.imported'
    ), paid as (
      select p.id, p.serial, a.account_no, p.amount_fen,
        (select count(*) from postings g where g.kind = 'payment' and g.source_id = p.id) as postings,
        (select coalesce(sum(t.amount_fen), 0) from postings g join transfers t on t.posting_id = g.id
          where g.kind = 'payment' and g.source_id = p.id) as transferred_fen,
        (select coalesce(sum(l.amount_fen), 0) from postings g join allocations l on l.posting_id = g.id
          where g.kind = 'payment' and g.source_id = p.id) as allocated_fen,
        (select count(*) from outbox_events o where o.type = 'payment.posted'
            and o.payload ->> 'paymentId' = p.id::text)
          + (select count(*) from announced n where n.id = p.id) as announcements
      from payments p join heat_accounts a on a.id = p.account_id
      where p.channel_id = 1 and p.serial not like 'plant-%'
    ), suspended as (
      select l.serial, '' as account_no, s.amount_fen from suspense_items s
      join bank_lines l on l.id = s.bank_line_id
    ), found as (
      select serial, account_no, amount_fen, count(*) as times
      from (select serial, account_no, amount_fen from paid union all select * from suspended) money
      group by serial, account_no, amount_fen
    )
    select ((select count(*) from expected e where not exists (
        select from found f where f.serial = e.serial and f.account_no = e.account_no and f.amount_fen = e.amount_fen))
      + (select count(*) from paid where postings = 0 or transferred_fen < amount_fen
        or allocated_fen < amount_fen or announcements = 0))::int as lost,
      ((select count(*) from found f where f.times > 1 or not exists (
        select from expected e where f.serial = e.serial and f.account_no = e.account_no and f.amount_fen = e.amount_fen))
      + (select count(*) from paid where postings > 1 or transferred_fen > amount_fen
        or allocated_fen > amount_fen or announcements > 1))::int as doubled`,
    [
      expected.map((one) => one.serial),
      expected.map((one) => one.accountNo),
      expected.map((one) => String(one.amountFen)),
    ],
  );
  return row;
};

/** How many of these serials of the channel are posted by now. */
export const postedSerials = async (
  url: string,
  serials: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await ask<{ serial: string }>(
    url,
    "select serial from payments where channel_id = 1 and serial = any($1::text[])",
    [serials],
  );
  return new Set(rows.map((row) => row.serial));
};
