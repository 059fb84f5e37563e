/** SQL of bank days: our side, the file's, the statement's, and what differs. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type DayChannel = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly realTime: boolean;
  readonly taskOwnerRole: string;
  readonly taskOwnerId: bigint | null;
  readonly toleranceMinutes: number;
};

export const dayChannel = (sql: Sql, code: string): Promise<DayChannel | null> =>
  sql.maybeOne<DayChannel>(
    `select id, code, name, name_en as "nameEn", real_time as "realTime", task_owner_role as "taskOwnerRole",
       task_owner_id as "taskOwnerId", day_cut_tolerance_minutes as "toleranceMinutes" from channels where code = :code`,
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

/** The instants of a bank day, from the channel's day cut to the next. */
export const spanOfDay = (sql: Sql, channelId: number, day: Day): Promise<{ since: Date; until: Date }> =>
  sql.one<{ since: Date; until: Date }>(
    "select since, until from bank_day_span(:channelId::smallint, :day::date)",
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
  /** The person who answers for the import; null when nobody is known. */
  readonly receivedById: bigint | null;
  readonly receivedBy: string;
  readonly receivedAt: Date;
};

/** A file that names no day of its own stands here with what its lines of the day are. */
export const filesOfDay = (sql: Sql, channelId: number, day: Day): Promise<DayFile[]> =>
  sql.rows<DayFile>(
    `select f.id, f.file_name as "fileName", f.state, coalesce(part.lines, f.line_count, 0)::int as "lineCount",
       coalesce(part.fen, f.total_fen, 0)::bigint as "totalFen", f.sha256, f.received_by as "receivedById",
       f.received_by_name as "receivedBy", f.received_at as "receivedAt"
     from import_files f
     left join lateral (
       select count(*) as lines, sum(case when l.kind = 'payment' then l.amount_fen else -l.amount_fen end) as fen
       from bank_lines l where f.bank_day is null and l.file_id = f.id and l.bank_day = :day::date
     ) part on f.bank_day is null
     where f.channel_id = :channelId and f.kind = 'collection' and f.state in ('posting', 'posted')
       and (f.bank_day = :day::date
         or (f.bank_day is null and :day::date between f.first_day and f.last_day and part.lines > 0))
     order by f.id`,
    { channelId, day },
  );

/** A file with lines of this day that is not posted to its end. */
export const unfinishedOfDay = (sql: Sql, channelId: number, day: Day): Promise<{ id: bigint } | null> =>
  sql.maybeOne<{ id: bigint }>(
    `select id from import_files where channel_id = :channelId and kind = 'collection' and state in ('checked', 'posting')
       and (bank_day = :day::date or (bank_day is null and :day::date between first_day and last_day))
     order by id limit 1`,
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

/** What our side has and no file names, without its difference yet. */
export type Unnamed = {
  readonly paymentId: bigint;
  /** false: a reversal that came by message. */
  readonly isPayment: boolean;
  readonly amountFen: bigint;
  /** false: it was reversed before anybody missed it; there is nothing left to do. */
  readonly stands: boolean;
};

/** Of the day. What lies so close to the day cut that the next file may bring it waits, while that file is not there. */
export const unnamedOfDay = (sql: Sql, channelId: number, day: Day): Promise<Unnamed[]> =>
  sql.rows<Unnamed>(
    `select payment_id as "paymentId", is_payment as "isPayment", amount_fen as "amountFen", stands
     from bank_day_unnamed(:channelId::smallint, :day::date) order by payment_id, is_payment`,
    { channelId, day },
  );

/**
 * Of the days before, whose files are there: messages that came when their day was looked through, and what waited at the
 * end of a day that is certified by now. `day` is where the difference stands: the own day, or `:day` when that is certified.
 */
export const unnamedBefore = (
  sql: Sql,
  channelId: number,
  day: Day,
): Promise<(Unnamed & { readonly day: Day })[]> =>
  sql.rows<Unnamed & { readonly day: Day }>(
    `select p.id as "paymentId", true as "isPayment", p.amount_fen as "amountFen", true as stands,
       case when d.state = 'certified' then :day::date else own.day end as day
     from channels c
     cross join bank_day_span(c.id, :day::date) span
     join payments p on p.channel_id = c.id and not p.proved and p.paid_at < span.since
     cross join lateral (
       select ((p.paid_at at time zone 'Asia/Shanghai') - c.day_cut_at::interval)::date
         + case when c.day_cut_at = '00:00' then 0 else 1 end as day
     ) own
     left join bank_days d on d.channel_id = c.id and d.bank_day = own.day
     where c.id = :channelId and p.moved_from_id is null
       and (p.state <> 'reversed' or live_payment(p.id) is not null)
       and not exists (select 1 from breaks b where b.payment_id = p.id)
       and bank_day_has_file(c.id, own.day)
     order by p.id`,
    { channelId, day },
  );

/** What was reversed before anybody missed it is named and answered at once. */
export const insertUnnamed = (
  sql: Sql,
  unnamed: {
    readonly bankDayId: bigint;
    readonly paymentIds: readonly bigint[];
    readonly arePayments: readonly boolean[];
    readonly amounts: readonly bigint[];
    readonly stand: readonly boolean[];
    readonly now: Date;
  },
): Promise<{ id: bigint; class: string; paymentId: bigint; amountFen: bigint; state: string }[]> =>
  sql.rows<{ id: bigint; class: string; paymentId: bigint; amountFen: bigint; state: string }>(
    `insert into breaks (bank_day_id, class, payment_id, our_amount_fen, opened_at, state, resolution, resolved_at)
     select :bankDayId, case when m.is_payment then 'ours-only' else 'state' end, m.payment_id, m.amount_fen, :now,
       case when m.answered then 'resolved' else 'open' end, case when m.answered then 'reversed-before' end,
       case when m.answered then :now::timestamptz end
     from (
       select payment_id, is_payment, amount_fen, is_payment and not stands as answered
       from unnest(:paymentIds::bigint[], :arePayments::boolean[], :amounts::bigint[], :stand::boolean[])
         u (payment_id, is_payment, amount_fen, stands)
     ) m
     on conflict do nothing returning id, class, payment_id as "paymentId", our_amount_fen as "amountFen", state`,
    unnamed,
  );

export const doubtPayments = (sql: Sql, paymentIds: readonly bigint[]): Promise<unknown> =>
  sql.rows("select doubt_payments(:paymentIds::bigint[])", { paymentIds });

/** Differences that went away by themselves: a missing payment, or the line of our reversal, came in a later file. */
export const foundAfterAll = (sql: Sql, channelId: number): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>(
    `select b.id from breaks b join bank_days d on d.id = b.bank_day_id join payments p on p.id = b.payment_id
     where d.channel_id = :channelId and b.state = 'open' and b.bank_line_id is null
       and (b.class = 'ours-only' and p.proved
         or b.class = 'state' and exists (
           select 1 from bank_lines l join import_files f on f.id = l.file_id
           where f.channel_id = :channelId and f.kind = 'collection' and l.kind in ('reversal', 'refund')
             and l.state in ('posted', 'proved') and coalesce(l.original_serial, l.serial) = p.serial))
     order by b.id for update of b`,
    { channelId },
  );

/** Our message of a payment that only the bank had came after its file: the line proves it, and the break is none. */
export const proveLateMessages = (sql: Sql, channelId: number): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>("select break_id as id from prove_late_messages(:channelId::smallint)", {
    channelId,
  });

export const isNextFilePosted = async (sql: Sql, channelId: number, day: Day): Promise<boolean> =>
  (
    await sql.one<{ found: boolean }>(
      "select bank_day_has_file(:channelId::smallint, :day::date + 1) as found",
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
         and f.state in ('checked', 'posting', 'posted')
         and (f.bank_day = l.day or (f.bank_day is null and l.day between f.first_day and f.last_day)))
     order by c.code`,
    { now },
  );
