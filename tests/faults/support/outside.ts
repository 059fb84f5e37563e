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
  const client = new pg.Client({
    connectionString: url,
    // Fresh clones have no statistics of what was just written; the planner would compare every row with every row.
    options: "-c enable_nestloop=off -c jit=off",
  });
  // A server that goes away ends the statement with an error; it must not end this process.
  client.on("error", () => undefined);
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
    ), told as (
      select (payload ->> 'paymentId')::bigint as id from outbox_events where type = 'payment.posted'
      union all
      select jsonb_array_elements_text(payload -> 'paymentIds')::bigint from outbox_events
      where type = 'payments.imported'
    ), announced as (
      select id, count(*) as n from told group by id
    ), moved as (
      select posting_id, sum(amount_fen) as fen from transfers group by posting_id
    ), allocated as (
      select posting_id, sum(amount_fen) as fen from allocations group by posting_id
    ), posted as (
      select g.source_id as id, count(*) as n, sum(moved.fen) as transferred_fen, sum(allocated.fen) as allocated_fen
      from postings g left join moved on moved.posting_id = g.id left join allocated on allocated.posting_id = g.id
      where g.kind = 'payment' group by g.source_id
    ), paid as (
      select p.id, p.serial, a.account_no, p.amount_fen, coalesce(posted.n, 0) as postings,
        coalesce(posted.transferred_fen, 0) as transferred_fen, coalesce(posted.allocated_fen, 0) as allocated_fen,
        coalesce(announced.n, 0) as announcements
      from payments p join heat_accounts a on a.id = p.account_id
      left join posted on posted.id = p.id left join announced on announced.id = p.id
      where p.channel_id = 1
    ), suspended as (
      select l.serial, '' as account_no, s.amount_fen from suspense_items s
      join bank_lines l on l.id = s.bank_line_id
    ), found as (
      select serial, account_no, amount_fen, count(*) as times
      from (select serial, account_no, amount_fen from paid union all select * from suspended) money
      group by serial, account_no, amount_fen
    ), compared as (
      select e.serial is null as unsent, f.serial is null as missing, coalesce(f.times, 0) as times
      from expected e full join found f using (serial, account_no, amount_fen)
    )
    select ((select count(*) from compared where missing)
      + (select count(*) from paid where postings = 0 or transferred_fen < amount_fen
        or allocated_fen < amount_fen or announcements = 0))::int as lost,
      ((select count(*) from compared where unsent or times > 1)
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
