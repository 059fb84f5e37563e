/** SQL of bank days: our side, the file's, the statement's, and what differs. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type DayChannel = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly realTime: boolean;
  readonly taskOwnerRole: string;
  readonly taskOwnerId: bigint | null;
  readonly toleranceMinutes: number;
};

export const dayChannel = (sql: Sql, code: string): Promise<DayChannel | null> =>
  sql.maybeOne<DayChannel>(
    `select id, code, name, real_time as "realTime", task_owner_role as "taskOwnerRole", task_owner_id as "taskOwnerId",
       day_cut_tolerance_minutes as "toleranceMinutes" from channels where code = :code`,
    { code },
  );

export type BankDayRow = {
  readonly id: bigint;
  readonly state: "open" | "reconciled" | "certified";
};

export const ensureBankDay = async (sql: Sql, channelId: number, day: Day): Promise<BankDayRow> => {
  await sql.run(
    "insert into bank_days (channel_id, bank_day) values (:channelId, :day) on conflict do nothing",
    { channelId, day },
  );
  return sql.one<BankDayRow>(
    "select id, state from bank_days where channel_id = :channelId and bank_day = :day for update",
    { channelId, day },
  );
};

export const findBankDay = (sql: Sql, channelId: number, day: Day): Promise<BankDayRow | null> =>
  sql.maybeOne<BankDayRow>(
    "select id, state from bank_days where channel_id = :channelId and bank_day = :day",
    { channelId, day },
  );

export const setDayState = (sql: Sql, id: bigint, state: "reconciled" | "certified"): Promise<number> =>
  sql.run("update bank_days set state = :state where id = :id and state <> 'certified'", { id, state });

export type BridgePart = { readonly part: string; readonly items: bigint; readonly fen: bigint };

/**
 * The parts of the bridge: `ours`, and every class of difference, with the sign by which it leads from our side to the
 * file's; `lines` is what the lines themselves add up to.
 */
export const bridgeParts = (sql: Sql, channelId: number, day: Day): Promise<BridgePart[]> =>
  sql.rows<BridgePart>(
    "select part, items, fen from bank_day_bridge(:channelId::smallint, :day::date) order by part",
    { channelId, day },
  );

export type DayFile = {
  readonly id: bigint;
  readonly fileName: string;
  readonly state: string;
  readonly lineCount: number;
  readonly totalFen: bigint;
  readonly sha256: Buffer;
  readonly receivedBy: string;
  readonly receivedAt: Date;
};

export const filesOfDay = (sql: Sql, channelId: number, day: Day): Promise<DayFile[]> =>
  sql.rows<DayFile>(
    `select id, file_name as "fileName", state, coalesce(line_count, 0) as "lineCount",
       coalesce(total_fen, 0) as "totalFen", sha256, received_by_name as "receivedBy", received_at as "receivedAt"
     from import_files
     where channel_id = :channelId and kind = 'collection' and bank_day = :day and state in ('posting', 'posted')
     order by id`,
    { channelId, day },
  );

export type CreditTotals = { readonly credits: bigint; readonly grossFen: bigint; readonly feeFen: bigint };

export const creditsOfDay = (sql: Sql, channelId: number, day: Day): Promise<CreditTotals> =>
  sql.one<CreditTotals>(
    `select count(*) as credits, coalesce(sum(gross_fen), 0)::bigint as "grossFen",
       coalesce(sum(fee_fen), 0)::bigint as "feeFen"
     from bank_credits where channel_id = :channelId and bank_day = :day`,
    { channelId, day },
  );

/**
 * Payments of the day that no file names. `wait`: close enough to the day cut that the next file may bring them, and that
 * file is not there yet.
 */
export const missingPayments = (
  sql: Sql,
  channelId: number,
  day: Day,
): Promise<{ paymentId: bigint; amountFen: bigint; wait: boolean }[]> =>
  sql.rows<{ paymentId: bigint; amountFen: bigint; wait: boolean }>(
    `select o.payment_id as "paymentId", o.signed_fen as "amountFen",
       o.at >= span.waits_from and not exists (
         select 1 from import_files f where f.channel_id = :channelId::smallint and f.kind = 'collection'
           and f.state = 'posted' and f.bank_day = :day::date + 1) as wait
     from bank_day_ours(:channelId::smallint, :day::date) o
     cross join bank_day_span(:channelId::smallint, :day::date) span
     where o.is_payment and o.line_id is null and o.state <> 'reversed'
       and not exists (select 1 from breaks b where b.payment_id = o.payment_id and b.class = 'ours-only')
     order by o.payment_id`,
    { channelId, day },
  );

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
       coalesce(l.kind = 'payment', false) and exists (
         select 1 from bank_lines back join import_files bf on bf.id = back.file_id
         where back.kind in ('reversal', 'refund') and back.state in ('posted', 'proved')
           and coalesce(back.original_serial, back.serial) = l.serial and bf.channel_id = d.channel_id
           and bf.kind = 'collection') as "takenBack",
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

export const listBreaks = (
  sql: Sql,
  query: { readonly state: string | null; readonly afterId: bigint; readonly limit: number },
): Promise<BreakRow[]> =>
  sql.rows<BreakRow>(
    `${BREAKS} where b.id > :afterId and (:state::text is null or b.state = :state::text)
     order by b.id limit :limit::int`,
    query,
  );

export const insertOursOnly = (
  sql: Sql,
  missing: {
    readonly bankDayId: bigint;
    readonly paymentIds: readonly bigint[];
    readonly amounts: readonly bigint[];
    readonly now: Date;
  },
): Promise<{ id: bigint; paymentId: bigint; amountFen: bigint }[]> =>
  sql.rows<{ id: bigint; paymentId: bigint; amountFen: bigint }>(
    `insert into breaks (bank_day_id, class, payment_id, our_amount_fen, opened_at)
     select :bankDayId, 'ours-only', m.payment_id, m.amount_fen, :now
     from unnest(:paymentIds::bigint[], :amounts::bigint[]) m (payment_id, amount_fen)
     on conflict do nothing returning id, payment_id as "paymentId", our_amount_fen as "amountFen"`,
    missing,
  );

export const doubtPayments = (sql: Sql, paymentIds: readonly bigint[]): Promise<unknown> =>
  sql.rows("select doubt_payments(:paymentIds::bigint[])", { paymentIds });

/** Differences that went away by themselves: a missing payment came in a later file. */
export const foundAfterAll = (sql: Sql, channelId: number): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>(
    `select b.id from breaks b join bank_days d on d.id = b.bank_day_id join payments p on p.id = b.payment_id
     where d.channel_id = :channelId and b.state = 'open' and b.class = 'ours-only' and p.proved
     order by b.id for update of b`,
    { channelId },
  );

/** Our message of a payment that only the bank had came after its file: the line proves it, and the break is none. */
export const proveLateMessages = (sql: Sql, channelId: number): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>("select break_id as id from prove_late_messages(:channelId::smallint)", {
    channelId,
  });

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

export const isNextFilePosted = async (sql: Sql, channelId: number, day: Day): Promise<boolean> =>
  (
    await sql.one<{ found: boolean }>(
      `select exists (select 1 from import_files where channel_id = :channelId and kind = 'collection'
         and state = 'posted' and bank_day = :day::date + 1) as found`,
      { channelId, day },
    )
  ).found;

export type DayListRow = {
  readonly channel: string;
  readonly bankDay: Day;
  readonly state: string;
  readonly openBreaks: bigint;
  readonly certified: boolean;
};

export const listBankDays = (
  sql: Sql,
  query: {
    readonly channel: string | null;
    readonly beforeDay: Day | null;
    readonly beforeChannel: string;
    readonly limit: number;
  },
): Promise<DayListRow[]> =>
  sql.rows<DayListRow>(
    `select c.code as channel, d.bank_day as "bankDay", d.state,
       (select count(*) from breaks b where b.bank_day_id = d.id and b.state = 'open') as "openBreaks",
       exists (select 1 from bank_certificates z where z.bank_day_id = d.id) as certified
     from bank_days d join channels c on c.id = d.channel_id
     where (:channel::text is null or c.code = :channel::text)
       and (:beforeDay::date is null or (d.bank_day, c.code) < (:beforeDay::date, :beforeChannel::text))
     order by d.bank_day desc, c.code desc limit :limit::int`,
    query,
  );

export type Certificate = { readonly body: string; readonly sha256: Buffer; readonly issuedAt: Date };

export const findCertificate = (sql: Sql, bankDayId: bigint): Promise<Certificate | null> =>
  sql.maybeOne<Certificate>(
    `select body, sha256, issued_at as "issuedAt" from bank_certificates where bank_day_id = :bankDayId`,
    { bankDayId },
  );

export const insertCertificate = (
  sql: Sql,
  certificate: {
    readonly bankDayId: bigint;
    readonly body: string;
    readonly sha256: Uint8Array;
    readonly now: Date;
    readonly issuedBy: bigint | null;
  },
): Promise<number> =>
  sql.run(
    `insert into bank_certificates (bank_day_id, body, sha256, issued_at, issued_by)
     values (:bankDayId, :body, :sha256, :now, :issuedBy)`,
    certificate,
  );

/** Channels whose file of the day is due and not there. */
export const lateFiles = (
  sql: Sql,
  now: Date,
): Promise<{ channel: string; day: Day; dueAt: Date; ownerRole: string; ownerId: bigint | null }[]> =>
  sql.rows<{ channel: string; day: Day; dueAt: Date; ownerRole: string; ownerId: bigint | null }>(
    `select c.code as channel, l.day, l.due_at as "dueAt", c.task_owner_role as "ownerRole", c.task_owner_id as "ownerId"
     from channels c cross join lateral (
       select (:now::timestamptz at time zone 'Asia/Shanghai')::date - 1 as day,
         ((:now::timestamptz at time zone 'Asia/Shanghai')::date + c.file_due_at) at time zone 'Asia/Shanghai' as due_at
     ) l
     where c.active and c.profile is not null and c.file_due_at is not null and l.due_at <= :now::timestamptz
       and not exists (select 1 from import_files f where f.channel_id = c.id and f.kind = 'collection'
         and f.bank_day = l.day and f.state in ('checked', 'posting', 'posted'))
     order by c.code`,
    { now },
  );
