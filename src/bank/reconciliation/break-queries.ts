/** SQL of differences: what they are about, and what people decided. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type BreakRow = {
  readonly id: bigint;
  readonly bankDayId: bigint;
  readonly channelId: number;
  readonly channel: string;
  readonly realTime: boolean;
  readonly bankDay: Day;
  readonly class: string;
  readonly bankLineId: bigint | null;
  readonly paymentId: bigint | null;
  readonly bankAmountFen: bigint | null;
  readonly ourAmountFen: bigint | null;
  readonly state: "open" | "resolved";
  readonly resolution: string | null;
  readonly note: string;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly ownerRole: string | null;
  readonly owner: string | null;
  readonly taskState: string | null;
  readonly rowNo: number | null;
  readonly accountNo: string | null;
  readonly rule: string | null;
  readonly lineKind: "payment" | "reversal" | "refund" | "credit" | "debit" | null;
  readonly lineState: string | null;
};

const BREAKS = `select b.id, b.bank_day_id as "bankDayId", d.channel_id as "channelId", c.code as channel,
    c.real_time as "realTime", d.bank_day as "bankDay", b.class, b.bank_line_id as "bankLineId",
    b.payment_id as "paymentId", b.bank_amount_fen as "bankAmountFen", b.our_amount_fen as "ourAmountFen", b.state,
    b.resolution, b.note, b.opened_at as "openedAt", b.resolved_at as "resolvedAt", t.owner_role as "ownerRole",
    s.login as owner, t.state as "taskState", l.row_no as "rowNo", l.account_no as "accountNo", l.match_rule as rule,
    l.kind as "lineKind", l.state as "lineState"
  from breaks b join bank_days d on d.id = b.bank_day_id join channels c on c.id = d.channel_id
  left join bank_lines l on l.id = b.bank_line_id
  left join tasks t on t.id = b.task_id left join staff_members s on s.id = t.owner_id`;

export const breaksOfDay = (sql: Sql, channelId: number, day: Day): Promise<BreakRow[]> =>
  sql.rows<BreakRow>(`${BREAKS} where d.channel_id = :channelId and d.bank_day = :day order by b.id`, {
    channelId,
    day,
  });

export const lockBreak = (sql: Sql, id: bigint): Promise<BreakRow | null> =>
  sql.maybeOne<BreakRow>(`${BREAKS} where b.id = :id for update of b`, { id });

export type BreakFacts = {
  readonly paymentId: bigint | null;
  readonly amountFen: bigint | null;
  readonly proved: boolean | null;
  /** The payment that stands for it now: itself, or what replaced it on another home. */
  readonly standingId: bigint | null;
  readonly takenBack: boolean;
  readonly heldItemId: bigint | null;
};

/** The payment that a difference is about, found anew: a message may have come, or people may have moved or reversed it. */
export const factsOfBreak = (sql: Sql, breakId: bigint): Promise<BreakFacts> =>
  sql.one<BreakFacts>(
    `select p.id as "paymentId", p.amount_fen as "amountFen", p.proved, live_payment(p.id) as "standingId",
       coalesce(l.kind in ('payment', 'reversal', 'refund'), false) and exists (
         select 1 from bank_lines back join import_files bf on bf.id = back.file_id
         where back.kind in ('reversal', 'refund') and back.state in ('posted', 'proved') and back.id <> l.id
           and coalesce(back.original_serial, back.serial) = case when l.kind = 'payment' then l.serial
             else coalesce(l.original_serial, l.serial) end
           and bf.channel_id = d.channel_id and bf.kind = 'collection') as "takenBack",
       case when l.kind in ('reversal', 'refund') then (
         select i.id from suspense_items i join bank_lines held on held.id = i.bank_line_id
         join import_files hf on hf.id = held.file_id
         where i.state = 'open' and held.kind = 'payment' and held.state in ('suspense', 'break')
           and held.serial = coalesce(l.original_serial, l.serial) and hf.channel_id = d.channel_id
           and hf.kind = 'collection'
         order by i.id limit 1) end as "heldItemId"
     from breaks b join bank_days d on d.id = b.bank_day_id
     left join bank_lines l on l.id = b.bank_line_id left join import_files f on f.id = l.file_id
     left join lateral (
       select k.id, k.amount_fen, k.proved from payments k where l.id is null and k.id = b.payment_id
       union all
       select k.id, k.amount_fen, k.proved from payments k
       where f.kind = 'collection' and k.channel_id = d.channel_id
         and k.serial = case when l.kind = 'payment' then l.serial else coalesce(l.original_serial, l.serial) end
     ) p on true
     where b.id = :breakId`,
    { breakId },
  );

/** What is named missing besides: the payment is gone for another reason. */
export const missingBreaksOf = (sql: Sql, paymentId: bigint): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>(
    `select id from breaks where payment_id = :paymentId and bank_line_id is null and class = 'ours-only'
       and state = 'open' order by id for update`,
    { paymentId },
  );

export const resolveBreakRow = (
  sql: Sql,
  resolved: {
    readonly id: bigint;
    readonly resolution: string;
    readonly note: string;
    readonly paymentId: bigint | null;
    readonly approvalId: bigint | null;
    readonly resolvedBy: bigint | null;
    readonly now: Date;
  },
): Promise<number> =>
  sql.run(
    `update breaks set state = 'resolved', resolution = :resolution, note = :note, resolved_at = :now,
       resolved_by = :resolvedBy, approval_id = :approvalId, payment_id = coalesce(:paymentId::bigint, payment_id)
     where id = :id and state = 'open'`,
    resolved,
  );

/** A line that a person decided about says what it has become. */
export const settleLine = (
  sql: Sql,
  line: {
    readonly id: bigint;
    readonly state: "posted" | "suspense" | "proved";
    readonly paymentId: bigint | null;
    readonly accountId: bigint | null;
  },
): Promise<number> =>
  sql.run(
    `update bank_lines set state = :state, payment_id = coalesce(:paymentId::bigint, payment_id),
       account_id = coalesce(:accountId::bigint, account_id) where id = :id and state = 'break'`,
    line,
  );
