/** SQL of the money sheet (资金对账): our side by channel and accounting day, who signed, what waits for an owner. */
import type { Sql } from "#src/platform/sql.ts";
import type { Span } from "./span.ts";
import { DOUBTFUL_POSTINGS } from "./collection-parts-queries.ts";

// By the ledger's transfers: another road to the same money than the allocations of the collection sheet.
const ours = `
  select c.code, c.name, c.name_en as "nameEn", c.kind, c.profile is not null as "hasFile", coalesce(money.items, 0) as items,
    coalesce(money.fen, 0)::bigint as fen
  from channels c left join (
    select t.channel_id, count(distinct p.id) filter (where p.kind = 'payment') as items,
      sum(case when p.kind = 'payment' then t.amount_fen else -t.amount_fen end) as fen
    from postings p join transfers t on t.posting_id = p.id
    where p.accounting_date between :fromDay::date and :toDay::date and p.kind in ('payment', 'payment-reversed')
      and p.id <> all (${DOUBTFUL_POSTINGS})
    group by t.channel_id
  ) money on money.channel_id = c.id
  where c.active or money.items is not null order by c.id`;
export type OurSide = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly kind: "counter" | "bank" | "wallet" | "agent";
  readonly hasFile: boolean;
  readonly items: bigint;
  readonly fen: bigint;
};
export const oursByChannel = (sql: Sql, span: Span) => sql.rows<OurSide>(ours, span);

const signer = `
  select channel.code, coalesce(staff.display_name, '') as "signedBy"
  from bank_certificates z join bank_days d on d.id = z.bank_day_id join channels channel on channel.id = d.channel_id
  left join staff_members staff on staff.id = z.issued_by
  where d.bank_day = :toDay::date`;
/** Who signed the certificates of the last day of the span. */
export const signersOfDay = (sql: Sql, span: Span) =>
  sql.rows<{ code: string; signedBy: string }>(signer, span);

/** Received by the end of the span and not given to anybody by then. */
export const OPEN_SUSPENSE = `i.received_on <= :toDay::date and (i.state = 'open' or i.settled_at >= :to::timestamptz)`;

const waiting = `
  select held.items as "suspenseItems", held.fen as "suspenseFen", held.oldest as "suspenseOldest",
    doubt.items as "doubtfulItems", doubt.fen as "doubtfulFen", doubt.oldest as "doubtfulOldest"
  from (
    select count(*) as items, coalesce(sum(i.amount_fen), 0)::bigint as fen, min(i.received_on) as oldest
    from suspense_items i where ${OPEN_SUSPENSE}
  ) held, (
    select count(*) as items, coalesce(sum(p.amount_fen), 0)::bigint as fen,
      min((p.paid_at at time zone 'Asia/Shanghai')::date) as oldest
    from payments p where p.state = 'doubtful' and p.paid_at < :to::timestamptz
  ) doubt`;
export type WaitingMoney = {
  readonly suspenseItems: bigint;
  readonly suspenseFen: bigint;
  readonly suspenseOldest: string | null;
  readonly doubtfulItems: bigint;
  readonly doubtfulFen: bigint;
  readonly doubtfulOldest: string | null;
};
export const waitingMoney = (sql: Sql, span: Span) => sql.one<WaitingMoney>(waiting, span);
