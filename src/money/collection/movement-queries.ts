/**
 * SQL on everything that brought money to a household: payments, money of nobody that was claimed for it (认领), and what it had
 * prepaid when the company moved in (期初预存). Without the reversed ones they are what its bills count as paid and its prepaid.
 */
import type { Day } from "#src/kernel/day.ts";
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { Channel, Share } from "./queries.ts";
import type { Tender } from "./schema.ts";

export const MOVEMENT_KINDS = ["payment", "claim", "opening"] as const;

export type Movement = {
  readonly postingId: bigint;
  readonly kind: (typeof MOVEMENT_KINDS)[number];
  /** Of the payment, of the claimed item, or of the row of the opening. */
  readonly sourceId: bigint;
  readonly accountNo: string;
  /** Null when the money came with the opening. */
  readonly channel: string | null;
  readonly channelName: string | null;
  readonly channelNameEn: string | null;
  readonly channelKind: Channel["kind"] | null;
  readonly serial: string;
  readonly amountFen: bigint;
  readonly tender: Tender;
  /** Of a claim: the time of the bank's line, or the beginning of its day. */
  readonly paidAt: Date;
  readonly shiftId: bigint | null;
  readonly state: "posted" | "doubtful" | "reversed";
  readonly accountingDate: Day;
  readonly postedAt: Date;
  readonly shares: readonly Share[];
  readonly receiptId: bigint | null;
  readonly receiptNo: string | null;
};

const PAYMENTS = `
  select g.id as posting_id, 'payment' as kind, p.id as source_id, p.channel_id, p.serial, p.amount_fen, p.tender, p.paid_at,
    p.shift_id, p.state, g.accounting_date, g.created_at,
    (select named.receipt_id from receipt_payments named where named.payment_id = p.id and named.active) as receipt_id
  from payments p join postings g on g.kind = 'payment' and g.source_id = p.id
  where p.account_id = :accountId`;

const CLAIMS = `
  select g.id, 'claim', i.id, i.channel_id, coalesce(l.serial, ''), i.amount_fen, 'transfer',
    coalesce(l.paid_at, coalesce(l.bank_day, i.received_on)::timestamp at time zone 'Asia/Shanghai'),
    null::bigint, 'posted', g.accounting_date, g.created_at,
    (select named.receipt_id from receipt_claims named where named.item_id = i.id)
  from suspense_items i join postings g on g.kind = 'suspense-claimed' and g.source_id = i.id
  left join bank_lines l on l.id = i.bank_line_id
  where i.claimed_account_id = :accountId`;

const OPENING = `
  select g.id, 'opening', g.source_id, null::smallint, '', t.amount_fen, 'transfer',
    g.value_date::timestamp at time zone 'Asia/Shanghai', null::bigint, 'posted', g.accounting_date, g.created_at, null::bigint
  from transfers t join postings g on g.id = t.posting_id
  where t.account_id = :accountId and t.debit = 'opening_balance' and t.credit = 'prepaid'`;

/** Newest first, below `beforeId`. A machine of a channel sees its own channel's payments only. */
export const listMovements = (
  sql: Sql,
  query: Bindings & { readonly accountId: bigint; readonly beforeId: bigint | null; readonly limit: number },
): Promise<Movement[]> =>
  sql.rows<Movement>(
    `select m.posting_id as "postingId", m.kind, m.source_id as "sourceId", account.account_no as "accountNo", c.code as channel,
       c.name as "channelName", c.name_en as "channelNameEn", c.kind as "channelKind", m.serial, m.amount_fen as "amountFen", m.tender, m.paid_at as "paidAt", m.shift_id as "shiftId",
       m.state, m.accounting_date as "accountingDate", m.created_at as "postedAt", r.id as "receiptId",
       s.prefix || lpad(r.number::text, greatest(s.width, length(r.number::text)), '0') as "receiptNo",
       coalesce((select jsonb_agg(jsonb_build_object('billId', l.bill_id, 'seasonId', b.season_id, 'amountFen', l.amount_fen,
          'rule', l.rule) order by l.rank, l.id)
        from allocations l left join bills b on b.id = l.bill_id where l.posting_id = m.posting_id),
        jsonb_build_array(jsonb_build_object('billId', null, 'seasonId', null, 'amountFen', m.amount_fen, 'rule', 'opening'))) as shares
     from (${PAYMENTS} union all ${CLAIMS} union all ${OPENING}) m
     join heat_accounts account on account.id = :accountId
     left join channels c on c.id = m.channel_id
     left join receipts r on r.id = m.receipt_id
     left join number_series s on s.code = r.series
     where (:beforeId::bigint is null or m.posting_id < :beforeId::bigint) and ${accountScope("account")}
       and (:ownChannelId::int is null or m.kind = 'payment' and m.channel_id = :ownChannelId::int)
     order by m.posting_id desc limit :limit::int`,
    query,
  );

export type ClaimedItem = { readonly id: bigint; readonly amountFen: bigint; readonly accountId: bigint };

/** Claimed money of a household that is seen, held against another receipt until commit. */
export const holdClaimForReceipt = (
  sql: Sql,
  query: Bindings & { readonly itemId: bigint },
): Promise<ClaimedItem | null> =>
  sql.maybeOne<ClaimedItem>(
    `select i.id, i.amount_fen as "amountFen", account.id as "accountId"
     from suspense_items i join heat_accounts account on account.id = i.claimed_account_id
     where i.id = :itemId and i.state = 'claimed' and ${accountScope("account")} and :ownChannelId::int is null
     for no key update of i`,
    query,
  );

/** The receipt that it stands on; with a household, of that household's only. */
export const receiptOfClaim = (
  sql: Sql,
  itemId: bigint,
  accountId: bigint | null = null,
): Promise<{ receiptId: bigint } | null> =>
  sql.maybeOne<{ receiptId: bigint }>(
    `select named.receipt_id as "receiptId" from receipt_claims named join suspense_items i on i.id = named.item_id
     where i.id = :itemId and (:accountId::bigint is null or i.claimed_account_id = :accountId::bigint)`,
    { itemId, accountId },
  );

export const insertReceiptClaim = (
  sql: Sql,
  row: { readonly receiptId: bigint; readonly itemId: bigint },
): Promise<number> =>
  sql.run("insert into receipt_claims (receipt_id, item_id) values (:receiptId, :itemId)", row);
