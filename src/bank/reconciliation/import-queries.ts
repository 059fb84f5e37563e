/** SQL of files on their way in: `import_files`, their bytes and their staged lines. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { DECIDED, type StagedOf } from "./doubt-queries.ts";

export type ImportState = "received" | "staged" | "checked" | "posting" | "posted" | "refused" | "aborted";

export type ImportFile = {
  readonly id: bigint;
  readonly channelId: number;
  readonly channel: string;
  readonly fileName: string;
  readonly kind: "collection" | "statement";
  readonly state: ImportState;
  readonly bankDay: Day | null;
  readonly lineCount: number | null;
  readonly totalFen: bigint | null;
  readonly cursorOrdinal: number;
  readonly reversalCursor: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly refusal: unknown;
  readonly sizeBytes: bigint;
  readonly profile: string;
  readonly profileVersion: string;
  readonly encoding: string;
  readonly receivedAt: Date;
  readonly receivedBy: string;
  readonly finishedAt: Date | null;
  /** When the days of its lines were reconciled; null until then. */
  readonly reconciledAt: Date | null;
};

const COLUMNS = `f.id, f.channel_id as "channelId", c.code as channel, f.file_name as "fileName", f.kind, f.state,
  f.bank_day as "bankDay", f.line_count as "lineCount", f.total_fen as "totalFen", f.cursor_ordinal as "cursorOrdinal",
  f.reversal_cursor as "reversalCursor", f.counts, f.refusal, f.size_bytes as "sizeBytes", f.profile,
  f.profile_version as "profileVersion", f.encoding, f.received_at as "receivedAt",
  f.received_by_name as "receivedBy", f.finished_at as "finishedAt",
  f.reconciled_at as "reconciledAt"`;
const FROM = "from import_files f join channels c on c.id = f.channel_id";

export type ImportChannel = {
  readonly id: number;
  readonly code: string;
  readonly kind: "counter" | "bank" | "wallet" | "agent";
  readonly realTime: boolean;
  readonly profile: string | null;
  readonly active: boolean;
  readonly taskOwnerRole: string;
  readonly taskOwnerId: bigint | null;
};

export const channelByCode = (sql: Sql, code: string): Promise<ImportChannel | null> =>
  sql.maybeOne<ImportChannel>(
    `select id, code, kind, real_time as "realTime", profile, active, task_owner_role as "taskOwnerRole",
       task_owner_id as "taskOwnerId" from channels where code = :code`,
    { code },
  );

/** The live import of these bytes: one that was not refused and not given up. */
export const findSameBytes = (sql: Sql, channelId: number, sha256: Uint8Array): Promise<ImportFile | null> =>
  sql.maybeOne<ImportFile>(
    `select ${COLUMNS} ${FROM} where f.channel_id = :channelId and f.sha256 = :sha256
       and f.state not in ('refused', 'aborted') and f.line_count is distinct from 0`,
    { channelId, sha256 },
  );

export const findSameContent = (
  sql: Sql,
  channelId: number,
  contentSha256: Uint8Array,
): Promise<ImportFile | null> =>
  sql.maybeOne<ImportFile>(
    `select ${COLUMNS} ${FROM} where f.channel_id = :channelId and f.content_sha256 = :contentSha256
       and f.state not in ('refused', 'aborted') and f.line_count is distinct from 0`,
    { channelId, contentSha256 },
  );

/** While a file is checked, no other one is: the same file for another channel finds it. To the end of the transaction. */
export const lockChecks = (sql: Sql): Promise<unknown> =>
  sql.rows("select pg_advisory_xact_lock(hashtext('bank-import-check'))");

/** The same bytes, or the same content under other bytes, as taken for another channel. */
export const findOtherChannel = (
  sql: Sql,
  file: {
    readonly channelId: number;
    readonly sha256: Uint8Array;
    readonly contentSha256: Uint8Array;
  },
): Promise<ImportFile | null> =>
  sql.maybeOne<ImportFile>(
    `select ${COLUMNS} ${FROM} where f.channel_id <> :channelId and f.kind = 'collection' and f.line_count > 0
       and (f.sha256 = :sha256 or f.content_sha256 = :contentSha256) and f.state in ('checked', 'posting', 'posted')
     order by f.id limit 1`,
    file,
  );

export const findImport = (sql: Sql, id: bigint): Promise<ImportFile | null> =>
  sql.maybeOne<ImportFile>(`select ${COLUMNS} ${FROM} where f.id = :id`, { id });

export const lockImport = (sql: Sql, id: bigint): Promise<ImportFile | null> =>
  sql.maybeOne<ImportFile>(`select ${COLUMNS} ${FROM} where f.id = :id for update of f`, { id });

export const listImports = (
  sql: Sql,
  query: {
    readonly channel: string | null;
    readonly day: Day | null;
    readonly tried: boolean;
    readonly beforeId: bigint | null;
    readonly limit: number;
  },
): Promise<ImportFile[]> =>
  sql.rows<ImportFile>(
    `select ${COLUMNS} ${FROM}
     where (:channel::text is null or c.code = :channel::text)
       and (:day::date is null or f.bank_day = :day::date) and (:tried::boolean or f.state <> 'aborted')
       and (:beforeId::bigint is null or f.id < :beforeId::bigint)
     order by f.id desc limit :limit::int`,
    query,
  );

/** Files that a killed process left in the middle of their posting, or between that and reconciling; oldest first. */
export const unfinishedImports = (sql: Sql): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>(
    `select id from import_files
     where kind = 'collection' and (state in ('checked', 'posting') or (state = 'posted' and reconciled_at is null))
     order by id`,
  );

export const findImportKey = (
  sql: Sql,
  id: bigint,
): Promise<{ channelId: number; channel: string; sha256: Buffer } | null> =>
  sql.maybeOne<{ channelId: number; channel: string; sha256: Buffer }>(
    `select f.channel_id as "channelId", c.code as channel, f.sha256 ${FROM} where f.id = :id`,
    { id },
  );

export type NewImport = {
  readonly channelId: number;
  readonly sha256: Uint8Array;
  readonly fileName: string;
  readonly sizeBytes: bigint;
  readonly profile: string;
  readonly profileVersion: string;
  readonly encoding: string;
  readonly kind: "collection" | "statement";
  readonly now: Date;
  readonly receivedBy: bigint | null;
  readonly receivedByName: string;
};

/** Null when a live import of the same bytes is there; waits for one whose transaction is open. */
export const insertImport = async (sql: Sql, file: NewImport): Promise<bigint | null> =>
  (
    await sql.maybeOne<{ id: bigint }>(
      `insert into import_files (channel_id, sha256, file_name, size_bytes, profile, profile_version, encoding, kind,
         state, received_at, received_by, received_by_name)
       values (:channelId, :sha256, :fileName, :sizeBytes, :profile, :profileVersion, :encoding, :kind, 'received',
         :now, :receivedBy, :receivedByName)
       on conflict do nothing returning id`,
      file,
    )
  )?.id ?? null;

/**
 * The person behind an actor: who is logged in, or whose login is the name at the command line. Null when nobody is known;
 * machines import nothing.
 */
export const answersFor = async (sql: Sql, actor: Actor): Promise<bigint | null> =>
  (
    await sql.one<{ id: bigint | null }>(
      `select case :kind::text when 'staff' then :id::bigint
         when 'cli' then (select id from staff_members where login = :login::text) end as id`,
      { kind: actor.kind, id: actor.id, login: actor.name.replace(/^cli:/, "") },
    )
  ).id;

export const insertBytes = (sql: Sql, fileId: bigint, ordinal: number, bytes: Uint8Array): Promise<number> =>
  sql.run("insert into import_file_bytes (file_id, ordinal, bytes) values (:fileId, :ordinal, :bytes)", {
    fileId,
    ordinal,
    bytes,
  });

export type CheckedFile = {
  readonly id: bigint;
  readonly lineCount: number;
  readonly totalFen: bigint;
  readonly bankDay: Day | null;
  readonly contentSha256: Uint8Array;
};

/** @throws DomainError `file.already-imported` when a live import has the same content under other bytes. */
export const markChecked = async (sql: Sql, file: CheckedFile): Promise<number> => {
  try {
    return await sql.run(
      `update import_files set state = 'checked', line_count = :lineCount, total_fen = :totalFen, bank_day = :bankDay,
         content_sha256 = :contentSha256,
         first_day = case when :bankDay::date is null then (
           select min(s.bank_day) from bank_staging_lines s where s.file_id = :id) end,
         last_day = case when :bankDay::date is null then (
           select max(s.bank_day) from bank_staging_lines s where s.file_id = :id) end
       where id = :id and state = 'received'`,
      file,
    );
  } catch (error) {
    const violated = (error as { constraint?: unknown }).constraint;
    if (violated !== "import_files_same_content" && violated !== "import_files_same_bytes") throw error;
    return fail("file.already-imported", "the content of this file was imported before, under other bytes");
  }
};

export const markRefused = (sql: Sql, id: bigint, refusal: unknown, now: Date): Promise<number> =>
  sql.run(
    `update import_files set state = 'refused', refusal = :refusal::jsonb, finished_at = :now
     where id = :id and state in ('received', 'staged', 'checked')`,
    { id, refusal: JSON.stringify(refusal), now },
  );

export const markAborted = (sql: Sql, id: bigint, now: Date): Promise<number> =>
  sql.run(
    `update import_files set state = 'aborted', finished_at = :now
     where id = :id and state in ('received', 'staged', 'checked') and cursor_ordinal = 0 and reversal_cursor = 0`,
    { id, now },
  );

export const deleteStaged = (sql: Sql, fileId: bigint): Promise<number> =>
  sql.run("delete from bank_staging_lines where file_id = :fileId", { fileId });

export const deleteBytes = (sql: Sql, fileId: bigint): Promise<number> =>
  sql.run("delete from import_file_bytes where file_id = :fileId", { fileId });

export const COPY_STAGED = `copy bank_staging_lines (file_id, ordinal, row_no, kind, serial, original_serial, account_no,
  amount_fen, bank_day, value_date, paid_at, payer_name, remittance, bill_id, problem) from stdin`;

/** Serials that stand in the file with two contents; asked only when the reader suspects a repetition. */
export const conflictingSerials = (
  sql: Sql,
  fileId: bigint,
): Promise<{ firstRow: number; row: number; conflicts: bigint }[]> =>
  sql.rows<{ firstRow: number; row: number; conflicts: bigint }>(
    `select min(row_no) as "firstRow", max(row_no) as row, count(*) over () as conflicts
     from bank_staging_lines where file_id = :fileId
     group by serial, kind
     having count(*) > 1 and count(distinct (account_no, amount_fen, coalesce(original_serial, ''))) > 1
     order by 1 limit 1`,
    { fileId },
  );

export type OutcomeCount = {
  readonly outcome: string;
  readonly class: string | null;
  readonly lines: bigint;
  readonly fen: bigint;
  readonly firstRow: number;
};

/** What a file would do, without doing it. */
export const outcomeCounts = (sql: Sql, file: StagedOf): Promise<OutcomeCount[]> =>
  sql.rows<OutcomeCount>(
    `with ${DECIDED}
     select outcome, class, count(*) as lines, sum(amount_fen)::bigint as fen, min(row_no) as "firstRow"
     from decided group by outcome, class order by outcome, class`,
    file,
  );

export type ChunkResult = {
  readonly paymentIds: readonly bigint[];
  readonly counts: Readonly<Record<string, number>>;
  readonly breaks: readonly {
    readonly breakId: number;
    readonly class: string;
    readonly rowNo: number;
    readonly rule: string;
    readonly bankDay: Day;
    readonly amountFen: number;
    readonly accountId: number | null;
    readonly state: string;
  }[];
};

export type ChunkInput = {
  readonly fileId: bigint;
  readonly channelId: number;
  readonly realTime: boolean;
  readonly from: number;
  readonly to: number;
  readonly accountingDate: Day;
  readonly actorId: bigint | null;
  readonly now: Date;
};

export const postPaymentLines = (
  sql: Sql,
  chunk: ChunkInput & { readonly tender: string; readonly policy: string; readonly seasonId: number },
): Promise<ChunkResult> =>
  sql.one<ChunkResult>(
    `select payment_ids as "paymentIds", counts, breaks
     from post_bank_payments(:fileId::bigint, :channelId::smallint, :realTime::boolean, :tender::text, :from::integer,
       :to::integer, :accountingDate::date, :actorId::bigint, :now::timestamptz, :policy::text::allocation_rule,
       :seasonId::smallint)`,
    chunk,
  );

export const postReversalLines = (sql: Sql, chunk: ChunkInput): Promise<ChunkResult> =>
  sql.one<ChunkResult>(
    `select payment_ids as "paymentIds", counts, breaks
     from post_bank_reversals(:fileId::bigint, :channelId::smallint, :realTime::boolean, :from::integer, :to::integer,
       :accountingDate::date, :actorId::bigint, :now::timestamptz)`,
    chunk,
  );

/** Whose payments these are, in the order of the payments. */
export const accountsOfPayments = (
  sql: Sql,
  paymentIds: readonly bigint[],
): Promise<{ paymentId: bigint; accountId: bigint }[]> =>
  sql.rows<{ paymentId: bigint; accountId: bigint }>(
    `select id as "paymentId", account_id as "accountId" from payments where id = any(:paymentIds::bigint[]) order by id`,
    { paymentIds },
  );

/** The end of the next chunk of reversals; null when none is left. */
export const nextReversalEnd = async (
  sql: Sql,
  fileId: bigint,
  after: number,
  limit: number,
): Promise<number | null> =>
  (
    await sql.one<{ end: number | null }>(
      `select max(ordinal) as "end" from (
         select ordinal from bank_staging_lines
         where file_id = :fileId and ordinal > :after and kind in ('reversal', 'refund')
         order by ordinal limit :limit::int) next_lines`,
      { fileId, after, limit },
    )
  ).end;

export const moveCursor = (
  sql: Sql,
  move: {
    readonly id: bigint;
    readonly cursorOrdinal: number;
    readonly reversalCursor: number;
    readonly counts: Readonly<Record<string, number>>;
  },
): Promise<number> =>
  sql.run(
    `update import_files set state = 'posting', cursor_ordinal = :cursorOrdinal, reversal_cursor = :reversalCursor,
       counts = :counts::jsonb where id = :id`,
    { ...move, counts: JSON.stringify(move.counts) },
  );

export const markPosted = (sql: Sql, id: bigint, now: Date): Promise<number> =>
  sql.run(
    "update import_files set state = 'posted', finished_at = :now where id = :id and state in ('checked', 'posting')",
    { id, now },
  );

export const markReconciled = (sql: Sql, id: bigint, now: Date): Promise<number> =>
  sql.run(
    "update import_files set reconciled_at = :now where id = :id and state = 'posted' and reconciled_at is null",
    { id, now },
  );

export const giveTasks = (
  sql: Sql,
  breakIds: readonly bigint[],
  taskIds: readonly bigint[],
): Promise<number> =>
  sql.run(
    `update breaks set task_id = given.task_id
     from unnest(:breakIds::bigint[], :taskIds::bigint[]) given (break_id, task_id) where breaks.id = given.break_id`,
    { breakIds, taskIds },
  );
