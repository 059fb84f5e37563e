/** SQL of drafts: files that were looked at and wait for somebody's word. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { DraftReport } from "./draft-report.ts";

export const DRAFT_STATES = ["looked", "confirmed", "imported", "refused", "dropped"] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

export type Draft = {
  readonly id: bigint;
  readonly channelId: number;
  readonly channel: string;
  readonly fileName: string;
  readonly profile: string;
  readonly forDay: Day | null;
  readonly sha256: Buffer;
  readonly sizeBytes: bigint;
  readonly state: DraftState;
  readonly report: DraftReport;
  readonly refusal: unknown;
  readonly keptBy: string;
  readonly keptAt: Date;
  readonly approvalId: bigint | null;
  readonly approvalState: string | null;
  readonly approvalReason: string | null;
  readonly decidedBy: string | null;
  readonly confirmedById: bigint | null;
  readonly confirmedBy: string | null;
  /** The import of these bytes, when there is one: of the draft, or that runs just now. */
  readonly importId: bigint | null;
  readonly importState: string | null;
  readonly linesDone: number | null;
  readonly importLines: number | null;
  readonly reconciledAt: Date | null;
};

const DRAFTS = `
  select d.id, d.channel_id as "channelId", c.code as channel, d.file_name as "fileName", d.profile, d.for_day as "forDay",
    d.sha256, d.size_bytes as "sizeBytes", d.state, d.report, d.refusal, coalesce(keeper.login, d.kept_by_name) as "keptBy", d.kept_at as "keptAt",
    d.approval_id as "approvalId", a.state as "approvalState", a.reason as "approvalReason", decider.login as "decidedBy",
    d.confirmed_by as "confirmedById", confirmer.login as "confirmedBy", f.id as "importId", f.state as "importState",
    f.cursor_ordinal as "linesDone", f.line_count as "importLines", f.reconciled_at as "reconciledAt"
  from bank_drafts d join channels c on c.id = d.channel_id left join staff_members keeper on keeper.id = d.kept_by
  left join approvals a on a.id = d.approval_id left join staff_members decider on decider.id = a.decided_by
  left join staff_members confirmer on confirmer.id = d.confirmed_by
  left join lateral (
    select i.* from import_files i
    where i.id = d.import_file_id
      or (d.import_file_id is null and d.state = 'confirmed' and i.channel_id = d.channel_id and i.sha256 = d.sha256
        and i.state not in ('refused', 'aborted'))
    order by i.id desc limit 1
  ) f on true`;

export const findDraft = (sql: Sql, id: bigint): Promise<Draft | null> =>
  sql.maybeOne<Draft>(`${DRAFTS} where d.id = :id`, { id });

export const lockDraft = (sql: Sql, id: bigint): Promise<Draft | null> =>
  sql.maybeOne<Draft>(`${DRAFTS} where d.id = :id for update of d`, { id });

export const findWaitingDraft = (
  sql: Sql,
  one: {
    readonly channelId: number;
    readonly sha256: Uint8Array;
    readonly profile: string;
    readonly forDay: Day | null;
  },
): Promise<Draft | null> =>
  sql.maybeOne<Draft>(
    `${DRAFTS} where d.channel_id = :channelId and d.sha256 = :sha256 and d.profile = :profile
       and d.for_day is not distinct from :forDay::date and d.state in ('looked', 'confirmed')`,
    one,
  );

export const listDrafts = (
  sql: Sql,
  query: { readonly waiting: boolean; readonly beforeId: bigint | null; readonly limit: number },
): Promise<Draft[]> =>
  sql.rows<Draft>(
    `${DRAFTS} where (not :waiting::boolean or d.state in ('looked', 'confirmed'))
       and (:beforeId::bigint is null or d.id < :beforeId::bigint)
     order by d.id desc limit :limit::int`,
    query,
  );

/** Confirmed, and not at its end: the process that imported it was killed, or does it now. */
export const confirmedDrafts = (sql: Sql): Promise<{ id: bigint }[]> =>
  sql.rows<{ id: bigint }>("select id from bank_drafts where state = 'confirmed' order by id");

export type NewDraft = {
  readonly channelId: number;
  readonly fileName: string;
  readonly profile: string;
  readonly forDay: Day | null;
  readonly sha256: Uint8Array;
  readonly sizeBytes: bigint;
  readonly state: "looked" | "refused";
  readonly report: DraftReport;
  readonly refusal: unknown;
  /** Null: a machine, or the command line. */
  readonly keptBy: bigint | null;
  readonly keptByName: string;
  readonly now: Date;
};

/** Null when the same file waits already. */
export const insertDraft = async (sql: Sql, draft: NewDraft): Promise<bigint | null> =>
  (
    await sql.maybeOne<{ id: bigint }>(
      `insert into bank_drafts (channel_id, file_name, profile, for_day, sha256, size_bytes, state, report, refusal, kept_by,
         kept_by_name, kept_at, ended_at)
       values (:channelId, :fileName, :profile, :forDay, :sha256, :sizeBytes, :state, :report::jsonb, :refusal::jsonb, :keptBy,
         :keptByName, :now, case when :state = 'refused' then :now::timestamptz end)
       on conflict (channel_id, sha256, profile, for_day) where state in ('looked', 'confirmed') do nothing returning id`,
      {
        ...draft,
        report: JSON.stringify(draft.report),
        refusal: draft.refusal === null ? null : JSON.stringify(draft.refusal),
      },
    )
  )?.id ?? null;

export const insertDraftBytes = (
  sql: Sql,
  draftId: bigint,
  ordinal: number,
  bytes: Uint8Array,
): Promise<number> =>
  sql.run("insert into bank_draft_bytes (draft_id, ordinal, bytes) values (:draftId, :ordinal, :bytes)", {
    draftId,
    ordinal,
    bytes,
  });

export const draftPiece = async (sql: Sql, draftId: bigint, ordinal: number): Promise<Buffer | null> =>
  (
    await sql.maybeOne<{ bytes: Buffer }>(
      "select bytes from bank_draft_bytes where draft_id = :draftId and ordinal = :ordinal",
      { draftId, ordinal },
    )
  )?.bytes ?? null;

export const importPiece = async (sql: Sql, fileId: bigint, ordinal: number): Promise<Buffer | null> =>
  (
    await sql.maybeOne<{ bytes: Buffer }>(
      "select bytes from import_file_bytes where file_id = :fileId and ordinal = :ordinal",
      { fileId, ordinal },
    )
  )?.bytes ?? null;

export const giveApproval = (sql: Sql, id: bigint, approvalId: bigint): Promise<number> =>
  sql.run("update bank_drafts set approval_id = :approvalId where id = :id and state = 'looked'", {
    id,
    approvalId,
  });

export const markConfirmed = (sql: Sql, id: bigint, by: bigint, now: Date): Promise<number> =>
  sql.run(
    `update bank_drafts set state = 'confirmed', confirmed_by = :by, confirmed_at = :now
     where id = :id and state = 'looked'`,
    { id, by, now },
  );

export type DraftEnd = {
  readonly id: bigint;
  readonly from: "looked" | "confirmed";
  readonly state: "imported" | "refused" | "dropped";
  readonly importFileId: bigint | null;
  readonly refusal: unknown;
  readonly now: Date;
};

/** 0 when somebody else ended it before. The bytes of what was imported are with the import, what was dropped is gone. */
export const endDraft = async (sql: Sql, end: DraftEnd): Promise<number> => {
  const ended = await sql.run(
    `update bank_drafts set state = :state, import_file_id = :importFileId, refusal = :refusal::jsonb, ended_at = :now
     where id = :id and state = :from`,
    { ...end, refusal: end.refusal === null ? null : JSON.stringify(end.refusal) },
  );
  if (ended === 1 && end.state !== "refused") {
    await sql.run("delete from bank_draft_bytes where draft_id = :id", { id: end.id });
  }
  return ended;
};

/** Bytes of refused files, and of drafts that nobody decided about. */
export const removeOldDraftBytes = (sql: Sql, before: Date, limit: number): Promise<number> =>
  sql.run(
    `delete from bank_draft_bytes where (draft_id, ordinal) in (
       select b.draft_id, b.ordinal from bank_draft_bytes b join bank_drafts d on d.id = b.draft_id
       where d.state = 'refused' and d.ended_at < :before limit :limit for update of b skip locked)`,
    { before, limit },
  );

/** The person who confirmed, as an actor of the import: who answers for it does not certify its day. */
export const confirmerOf = (sql: Sql, id: bigint): Promise<{ id: bigint; login: string } | null> =>
  sql.maybeOne<{ id: bigint; login: string }>("select id, login from staff_members where id = :id", { id });
