/** SQL of the work list: a difference or held money with everything that somebody decides by. Reads only. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { BreakRow } from "./break-queries.ts";

/** The latest question to a second person about a thing, while it is of use. */
const waitingFor = (subjects: string): string => `left join lateral (
    select a.id, a.kind, a.state, a.request, a.reason, named.account_no, home.address, asker.login as asker,
      decider.login as decider, a.decided_at
    from approvals a left join heat_accounts named on named.id = a.account_id
    left join premises home on home.id = named.premises_id
    join staff_members asker on asker.id = a.requested_by left join staff_members decider on decider.id = a.decided_by
    where a.subject in (${subjects}) and a.state in ('requested', 'approved', 'refused')
    order by a.id desc limit 1
  ) w on true`;
const WAITING = `w.id as "approvalId", w.kind as "approvalKind", w.state as "approvalState", w.request as "approvalRequest",
    w.reason as "approvalReason", w.account_no as "approvalAccountNo", w.address as "approvalAddress",
    w.asker as "approvalAskedBy", w.decider as "approvalDecidedBy", w.decided_at as "approvalDecidedAt"`;

export type Waiting = {
  readonly approvalId: bigint | null;
  readonly approvalKind: string | null;
  readonly approvalState: "requested" | "approved" | "refused" | null;
  readonly approvalRequest: unknown;
  readonly approvalReason: string | null;
  readonly approvalAccountNo: string | null;
  readonly approvalAddress: string | null;
  readonly approvalAskedBy: string | null;
  readonly approvalDecidedBy: string | null;
  readonly approvalDecidedAt: Date | null;
};

export type WorkRow = BreakRow &
  Waiting & {
    readonly serial: string | null;
    readonly originalSerial: string | null;
    readonly valueDate: Day | null;
    readonly payerName: string | null;
    readonly ourPaymentId: bigint | null;
    readonly ourSerial: string | null;
    readonly ourAccountNo: string | null;
    readonly ourPaidAt: Date | null;
    readonly ourState: string | null;
    readonly suspenseId: bigint | null;
    readonly heldFen: bigint | null;
  };

const WORK = `
  select b.id, b.bank_day_id as "bankDayId", d.channel_id as "channelId", c.code as channel,
    c.real_time as "realTime", d.bank_day as "bankDay", b.class, b.bank_line_id as "bankLineId",
    b.payment_id as "paymentId", b.bank_amount_fen as "bankAmountFen", b.our_amount_fen as "ourAmountFen", b.state,
    b.resolution, b.note, b.opened_at as "openedAt", b.resolved_at as "resolvedAt", t.owner_role as "ownerRole",
    s.login as owner, t.state as "taskState", l.row_no as "rowNo", l.account_no as "accountNo", l.match_rule as rule,
    l.kind as "lineKind", l.state as "lineState", l.serial, l.original_serial as "originalSerial",
    l.value_date as "valueDate", l.payer_name as "payerName", p.id as "ourPaymentId", p.serial as "ourSerial", home.account_no as "ourAccountNo",
    p.paid_at as "ourPaidAt", p.state as "ourState", held.id as "suspenseId", held.amount_fen as "heldFen", ${WAITING}
  from breaks b join bank_days d on d.id = b.bank_day_id join channels c on c.id = d.channel_id
  left join bank_lines l on l.id = b.bank_line_id left join import_files f on f.id = l.file_id
  left join tasks t on t.id = b.task_id left join staff_members s on s.id = t.owner_id
  left join lateral (
    select k.* from payments k where l.id is null and k.id = b.payment_id
    union all
    select k.* from payments k
    where f.kind = 'collection' and k.channel_id = d.channel_id
      and k.serial = case when l.kind = 'payment' then l.serial else coalesce(l.original_serial, l.serial) end
  ) p on true
  left join heat_accounts home on home.id = p.account_id
  left join suspense_items held on held.bank_line_id = b.bank_line_id and held.state = 'open'
  ${waitingFor("'bank-break:' || b.id, 'payment:' || p.id, 'suspense:' || held.id")}`;

export const listWork = (
  sql: Sql,
  query: {
    readonly state: string | null;
    readonly channel: string | null;
    readonly day: Day | null;
    readonly class: string | null;
    readonly afterId: bigint;
    readonly limit: number;
  },
): Promise<WorkRow[]> =>
  sql.rows<WorkRow>(
    `${WORK} where b.id > :afterId and (:state::text is null or b.state = :state::text)
       and (:channel::text is null or c.code = :channel::text) and (:day::date is null or d.bank_day = :day::date)
       and (:class::text is null or b.class = :class::text)
     order by b.id limit :limit::int`,
    query,
  );

export type HeldWaiting = Waiting & {
  readonly id: bigint;
  readonly serial: string | null;
  readonly payerName: string | null;
};

/** What is asked about held money, by its item. */
export const waitingOfItems = (sql: Sql, ids: readonly bigint[]): Promise<HeldWaiting[]> =>
  sql.rows<HeldWaiting>(
    `select i.id, l.serial, l.payer_name as "payerName", ${WAITING} from suspense_items i left join bank_lines l on l.id = i.bank_line_id
     ${waitingFor("'suspense:' || i.id")} where i.id = any(:ids::bigint[])`,
    { ids },
  );

/** What the search for a household begins from. */
export type Sought = {
  readonly accountText: string;
  readonly amountFen: bigint;
  readonly channelId: number | null;
};

export const soughtOfBreak = (sql: Sql, id: bigint): Promise<Sought | null> =>
  sql.maybeOne<Sought>(
    `select coalesce(l.account_no, '') as "accountText", coalesce(b.bank_amount_fen, b.our_amount_fen, 0)::bigint as "amountFen",
       d.channel_id as "channelId"
     from breaks b join bank_days d on d.id = b.bank_day_id left join bank_lines l on l.id = b.bank_line_id where b.id = :id`,
    { id },
  );

export const soughtOfItem = (sql: Sql, id: bigint): Promise<Sought | null> =>
  sql.maybeOne<Sought>(
    `select coalesce(l.account_no, '') as "accountText", i.amount_fen as "amountFen", i.channel_id as "channelId"
     from suspense_items i left join bank_lines l on l.id = i.bank_line_id where i.id = :id`,
    { id },
  );

export type CandidateRow = {
  readonly accountNo: string;
  readonly address: string;
  readonly state: string;
  readonly openFen: bigint;
  /** One open bill is of exactly the amount. */
  readonly billEqual: boolean;
  readonly isAlias: boolean;
  readonly paidBefore: boolean;
};

const CANDIDATES = `
  with named as (
    select a.id, false as is_alias from heat_accounts a where a.account_no = any(:numbers::text[])
    union all
    select alias.account_id, true from account_aliases alias where alias.value = any(:numbers::text[])
    union all
    (select b.account_id, false from bills b
     where b.amount_fen = :amountFen::bigint and b.paid_fen = 0 and b.state <> 'cancelled'
     order by b.account_id limit :byAmount::int)
    union all
    (select b.account_id, false from bills b
     where b.issued_on >= :partsSince::date and b.state <> 'cancelled' and b.paid_fen > 0
       and b.amount_fen - b.paid_fen = :amountFen::bigint
     order by b.account_id limit :byAmount::int)
  ), homes as (select id, bool_or(is_alias) as is_alias from named group by id)
  select account.account_no as "accountNo", premises.address, account.state,
    coalesce(owed.fen, 0)::bigint as "openFen", coalesce(owed.equal, false) as "billEqual", homes.is_alias as "isAlias",
    exists (select 1 from payments p where p.account_id = account.id and p.channel_id = :channelId::smallint
      and p.state = 'posted') as "paidBefore"
  from homes join heat_accounts account on account.id = homes.id join premises on premises.id = account.premises_id
  left join lateral (
    select sum(b.amount_fen - b.paid_fen) as fen, bool_or(b.amount_fen - b.paid_fen = :amountFen::bigint) as equal
    from bills b where b.account_id = account.id and b.state <> 'cancelled' and b.amount_fen > b.paid_fen
  ) owed on true
  where account.state <> 'closed'
  order by account.id`;

/**
 * Households whose number is one of `numbers`, and the first `byAmount` that have a bill of the amount on which nothing is paid,
 * or one of which just the amount is left. What is left of a bill no index knows (it would make every payment write all of
 * them), so those are looked for among the bills issued since `partsSince` only.
 */
export const findCandidates = (
  sql: Sql,
  query: {
    readonly numbers: readonly string[];
    readonly amountFen: bigint;
    readonly channelId: number | null;
    readonly byAmount: number;
    readonly partsSince: Day;
  },
): Promise<CandidateRow[]> => sql.rows<CandidateRow>(CANDIDATES, query);
