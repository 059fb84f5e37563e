/** SQL on the words that the house wrote itself (模板改版), a version a row. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { TemplateChannel } from "./declaration.ts";

/** As much of an approved version as sending needs. */
export type ApprovedWords = {
  readonly id: bigint;
  readonly channel: TemplateChannel;
  readonly name: string;
  readonly revision: number;
  readonly kind: "own" | "program";
  readonly wordsZh: string | null;
  readonly wordsEn: string | null;
  readonly baseVersion: number;
  readonly baseZh: string | null;
  readonly baseEn: string | null;
  readonly liveFrom: Date;
};

const SENT = `w.id, w.channel, w.name, w.revision, w.kind, w.words_zh as "wordsZh", w.words_en as "wordsEn",
  w.base_version as "baseVersion", w.base_zh as "baseZh", w.base_en as "baseEn"`;

const COLUMNS_SENT = `${SENT}, w.live_from as "liveFrom"`;

// One statement for all templates: what is live now, and what has its day to come. Some dozens of rows.
const approved = `
  select ${COLUMNS_SENT} from message_words w
  where w.state = 'approved' and not exists (
    select 1 from message_words later
    where later.channel = w.channel and later.name = w.name and later.state = 'approved' and later.live_from <= :now
      and (later.live_from, later.revision) > (w.live_from, w.revision))
  order by w.live_from desc, w.revision desc`;
/** The youngest first. */
export const findApprovedWords = (sql: Sql, now: Date) => sql.rows<ApprovedWords>(approved, { now });

const pinned = `
  select ${COLUMNS_SENT} from message_words w where w.id = any(:ids::bigint[]) and w.state = 'approved'`;
/** Versions that something was approved with, however old. */
export const findPinnedWords = (sql: Sql, ids: readonly bigint[]) => sql.rows<ApprovedWords>(pinned, { ids });

export const WORDS_STATES = ["draft", "waiting", "approved", "cancelled"] as const;

export type WordsRow = Omit<ApprovedWords, "liveFrom"> & {
  readonly copiedFrom: bigint | null;
  readonly state: (typeof WORDS_STATES)[number];
  readonly version: number;
  readonly reason: string;
  readonly liveDay: Day | null;
  readonly refusal: string;
  readonly approvalId: bigint | null;
  readonly draftedAt: Date;
  readonly approvedAt: Date | null;
  readonly liveFrom: Date | null;
  readonly cancelReason: string;
};

const COLUMNS = `${SENT}, w.copied_from as "copiedFrom", w.state, w.version, w.reason, w.live_day as "liveDay", w.refusal,
  w.approval_id as "approvalId", w.drafted_at as "draftedAt", w.approved_at as "approvedAt", w.live_from as "liveFrom",
  w.cancel_reason as "cancelReason"`;

const lockName = `select pg_advisory_xact_lock(815072, hashtext(:channel || '/' || :name))`;
/** Two drafts of one template begin one after the other. */
export const lockTemplate = (sql: Sql, key: { channel: TemplateChannel; name: string }): Promise<unknown> =>
  sql.rows(lockName, key);

const lockOne = `select ${COLUMNS} from message_words w where w.id = :id for update`;
export const lockWords = (sql: Sql, id: bigint) => sql.maybeOne<WordsRow>(lockOne, { id });

const one = `select ${COLUMNS} from message_words w where w.id = :id`;
export const findWords = (sql: Sql, id: bigint) => sql.maybeOne<WordsRow>(one, { id });

const open = `
  select w.id, w.channel, w.name, w.state from message_words w where w.state in ('draft', 'waiting')
    and (:name::text is null or (w.channel, w.name) = (:channel::text, :name::text))`;
export type OpenWords = Pick<WordsRow, "id" | "channel" | "name"> & { readonly state: "draft" | "waiting" };
/** What is being written; of one template, or of all. */
export const findOpenWords = (sql: Sql, key?: { channel: TemplateChannel; name: string }) =>
  sql.rows<OpenWords>(open, key ?? { channel: null, name: null });

const insert = `
  insert into message_words as w (channel, name, revision, kind, words_zh, words_en, base_version, base_zh, base_en, copied_from,
    drafted_by, drafted_at, changed_at)
  select :channel::text, :name::text, coalesce(max(known.revision), 0) + 1, :kind::text, :wordsZh::text, :wordsEn::text,
    :baseVersion::integer, :baseZh::text, :baseEn::text, :copiedFrom::bigint, :draftedBy::bigint, :now::timestamptz,
    :now::timestamptz
  from message_words known where known.channel = :channel and known.name = :name
  returning ${COLUMNS}`;
export const insertWords = (
  sql: Sql,
  row: Pick<
    WordsRow,
    "channel" | "name" | "kind" | "wordsZh" | "wordsEn" | "baseVersion" | "baseZh" | "baseEn" | "copiedFrom"
  > & { draftedBy: bigint | null; now: Date },
) => sql.one<WordsRow>(insert, row);

const update = `
  update message_words w set kind = 'own', words_zh = :wordsZh, words_en = :wordsEn, version = version + 1, changed_at = :now
  where w.id = :id and w.state = 'draft' returning ${COLUMNS}`;
export const updateWords = (sql: Sql, row: Pick<WordsRow, "id" | "wordsZh" | "wordsEn"> & { now: Date }) =>
  sql.one<WordsRow>(update, row);

const ask = `
  update message_words w set state = 'waiting', reason = :reason, live_day = :liveDay::date, refusal = '',
    approval_id = :approvalId, requested_by = :by, version = version + 1, changed_at = :now
  where w.id = :id and w.state = 'draft' returning ${COLUMNS}`;
export const markAsked = (
  sql: Sql,
  row: Pick<WordsRow, "id" | "reason" | "liveDay" | "approvalId"> & { by: bigint | null; now: Date },
) => sql.one<WordsRow>(ask, row);

const back = `
  update message_words w set state = 'draft', refusal = :refusal, approval_id = null, version = version + 1, changed_at = :now
  where w.id = :id and w.state = 'waiting'`;
/** A draft again: refused with the reason, or taken back. */
export const markDraft = (sql: Sql, row: { id: bigint; refusal: string; now: Date }) => sql.run(back, row);

const approve = `
  update message_words w set state = 'approved', approved_by = :by, approved_at = :now, live_from = :liveFrom,
    version = version + 1, changed_at = :now
  where w.id = :id and w.state = 'waiting'`;
export const markApproved = (sql: Sql, row: { id: bigint; by: bigint; liveFrom: Date; now: Date }) =>
  sql.run(approve, row);

const cancel = `
  update message_words w set state = 'cancelled', cancelled_by = :by, cancel_reason = :reason, version = version + 1,
    changed_at = :now
  where w.id = :id and (w.state = 'draft' or (w.state = 'approved' and w.live_from > :until))
  returning ${COLUMNS}`;
/** Null when it is live already, or about to be. */
export const markCancelled = (
  sql: Sql,
  row: { id: bigint; by: bigint | null; reason: string; until: Date; now: Date },
) => sql.maybeOne<WordsRow>(cancel, row);

const history = `
  select ${COLUMNS}, drafter.login as "draftedBy", asker.login as "requestedBy", approver.login as "approvedBy",
    copied.revision as "copiedRevision"
  from message_words w
  left join staff_members drafter on drafter.id = w.drafted_by
  left join staff_members asker on asker.id = w.requested_by
  left join staff_members approver on approver.id = w.approved_by
  left join message_words copied on copied.id = w.copied_from
  where w.channel = :channel and w.name = :name and (:beforeRevision::integer is null or w.revision < :beforeRevision::integer)
  order by w.revision desc limit :limit`;
export type HistoryRow = WordsRow & {
  readonly draftedBy: string | null;
  readonly requestedBy: string | null;
  readonly approvedBy: string | null;
  readonly copiedRevision: number | null;
};
/** Versions of one template, the youngest first. */
export const findHistory = (
  sql: Sql,
  page: { channel: TemplateChannel; name: string; beforeRevision: number | null; limit: number },
) => sql.rows<HistoryRow>(history, page);
