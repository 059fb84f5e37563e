/** SQL on what people write to us. */
import type { Sql } from "#src/platform/sql.ts";

const addReceived = `
  insert into received_messages (channel, provider, provider_message_id, received_at, raw, raw_size, raw_headers)
  values (:channel, :provider, :providerMessageId, :receivedAt, :raw, :rawSize, :rawHeaders::jsonb)
  on conflict (provider, provider_message_id) do nothing returning id`;

/** Null when it was stored before. */
export const insertReceived = (
  sql: Sql,
  row: {
    channel: "sms" | "email";
    provider: string;
    providerMessageId: string;
    receivedAt: Date;
    raw: Uint8Array;
    rawSize: number;
    rawHeaders: string;
  },
) => sql.maybeOne<{ id: bigint }>(addReceived, { ...row, rawSize: BigInt(row.rawSize) });

const receivedOfKey = `
  select id from received_messages where provider = :provider and provider_message_id = :providerMessageId`;
export const findReceivedOfKey = (sql: Sql, key: { provider: string; providerMessageId: string }) =>
  sql.one<{ id: bigint }>(receivedOfKey, key);

export type ReadRow = {
  id: bigint;
  now: Date;
  sender: string;
  recipient: string;
  subject: string;
  body: string;
  readingNotes: string;
  internetMessageId: string;
  mentionedIds: readonly string[];
  automatic: string;
  mayAnswer: boolean;
};

const setRead = `
  update received_messages
  set state = 'read', read_at = :now, sender = :sender, recipient = :recipient, subject = :subject, body = :body,
    reading_notes = :readingNotes, internet_message_id = :internetMessageId, mentioned_ids = :mentionedIds::text[],
    automatic = :automatic, may_answer = :mayAnswer, reason = '', reason_details = ''
  where id = :id and state = 'stored' returning id`;

/** False when somebody read it meanwhile. */
export const markRead = async (sql: Sql, row: ReadRow): Promise<boolean> =>
  (await sql.maybeOne(setRead, row)) !== null;

const setQuarantined = `
  update received_messages
  set state = 'quarantined', reason = :reason, reason_details = :details, sender = :sender, subject = :subject
  where id = :id and state = 'stored' returning id`;
export const markQuarantined = async (
  sql: Sql,
  row: { id: bigint; reason: string; details: string; sender: string; subject: string },
): Promise<boolean> => (await sql.maybeOne(setQuarantined, row)) !== null;

const countTry = `
  update received_messages set tries = tries + 1 where id = :id and state = 'stored'
  returning tries, raw, raw_size as "rawSize", received_at as "receivedAt"`;

/** Counts a try before the bytes are looked at, so that a mail that kills its reader is known by its count. */
export const beginReading = (sql: Sql, id: bigint) =>
  sql.maybeOne<{ tries: number; raw: Buffer | null; rawSize: bigint; receivedAt: Date }>(countTry, { id });

const unread = `
  select id from received_messages
  where state = 'stored' and channel = 'email' and id > :afterId order by id limit :limit`;
export const findUnreadMails = async (
  sql: Sql,
  query: { afterId: bigint; limit: number },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(unread, query)).map((row) => row.id);

const recentOfSender = `
  select count(*) as count from received_messages
  where sender = :sender and received_at > :since and state = 'read' and automatic = ''`;
export const countRecentOfSender = async (
  sql: Sql,
  query: { sender: string; since: Date },
): Promise<number> => Number((await sql.one<{ count: bigint }>(recentOfSender, query)).count);

const addAttachments = `
  insert into received_attachments (message_id, ordinal, file_name, declared_type, found_type, size_bytes, sha256, verdict,
    reason, file_id)
  select :messageId, a.ordinal, a."fileName", a."declaredType", a."foundType", a."sizeBytes",
    decode(a."sha256Hex", 'hex'), a.verdict, a.reason, a."fileId"
  from jsonb_to_recordset(:attachments::jsonb) a (ordinal smallint, "fileName" text, "declaredType" text,
    "foundType" text, "sizeBytes" bigint, "sha256Hex" text, verdict text, reason text, "fileId" bigint)
  on conflict (message_id, ordinal) do nothing`;
export const insertAttachments = (sql: Sql, row: { messageId: bigint; attachments: string }) =>
  sql.run(addAttachments, row);

export type ReceivedMessage = {
  readonly id: bigint;
  readonly channel: "sms" | "email";
  readonly provider: string;
  readonly receivedAt: Date;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly internetMessageId: string;
  readonly mentionedIds: readonly string[];
  readonly automatic: string;
  readonly mayAnswer: boolean;
};

const readMessage = `
  select id, channel, provider, received_at as "receivedAt", sender, recipient, subject, body,
    internet_message_id as "internetMessageId", mentioned_ids as "mentionedIds", automatic, may_answer as "mayAnswer"
  from received_messages where id = :id and state = 'read'`;
/** Null while it is not read. */
export const findReceived = (sql: Sql, id: bigint) => sql.maybeOne<ReceivedMessage>(readMessage, { id });

const mentioned = `
  select r.id from received_messages r
  where r.internet_message_id = any(:ids::text[]) and r.internet_message_id <> '' and r.state = 'read' and r.id <> :self
  order by array_position(:ids::text[], r.internet_message_id), r.id desc limit 20`;
/** Earlier mails that a mail answers or mentions, nearest first. */
export const findMentionedReceived = async (
  sql: Sql,
  query: { ids: readonly string[]; self: bigint },
): Promise<bigint[]> => (await sql.rows<{ id: bigint }>(mentioned, query)).map((row) => row.id);

export type AttachmentRow = {
  readonly ordinal: number;
  readonly fileName: string;
  readonly declaredType: string;
  readonly foundType: string;
  readonly sizeBytes: bigint;
  readonly verdict: "kept" | "refused";
  readonly reason: string;
  readonly fileId: bigint | null;
};

const attachmentsOf = `
  select ordinal, file_name as "fileName", declared_type as "declaredType", found_type as "foundType",
    size_bytes as "sizeBytes", verdict, reason, file_id as "fileId"
  from received_attachments where message_id = :messageId order by ordinal`;
export const findReceivedAttachments = (sql: Sql, messageId: bigint) =>
  sql.rows<AttachmentRow>(attachmentsOf, { messageId });

export type QuarantinedRow = {
  readonly id: bigint;
  readonly receivedAt: Date;
  readonly sender: string;
  readonly subject: string;
  readonly rawSize: bigint;
  readonly reason: string;
  readonly details: string;
  readonly tries: number;
  /** When a person had done with it, who, and what became of it; '' while it waits. */
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settledNote: string;
};

const quarantinedColumns = `received.id, received.received_at as "receivedAt", received.sender, received.subject,
  received.raw_size as "rawSize", received.reason, received.reason_details as details, received.tries,
  received.settled_at as "settledAt", staff.login as "settledBy", received.settled_note as "settledNote"`;
const FROM_QUARANTINE = `from received_messages received left join staff_members staff on staff.id = received.settled_by
  where received.state = 'quarantined'`;

const quarantined = `
  select ${quarantinedColumns} ${FROM_QUARANTINE}
    and (received.settled_at is not null) = :settled::boolean
    and (:beforeId::bigint is null or received.id < :beforeId::bigint)
  order by received.id desc limit :limit`;
export const listQuarantined = (
  sql: Sql,
  query: { beforeId: bigint | null; limit: number; settled: boolean },
) => sql.rows<QuarantinedRow>(quarantined, query);

const original = `
  select raw, channel from received_messages where id = :id and (state = 'quarantined') = :quarantined`;
/** The bytes as they came; null `raw` when they are forgotten. */
export const findOriginal = (sql: Sql, query: { id: bigint; quarantined: boolean }) =>
  sql.maybeOne<{ raw: Buffer | null; channel: "sms" | "email" }>(original, query);

const quarantinedCount = `
  select count(*) as count from received_messages where state = 'quarantined' and settled_at is null`;
export const countQuarantined = async (sql: Sql): Promise<number> =>
  Number((await sql.one<{ count: bigint }>(quarantinedCount)).count);

const oneQuarantined = `
  select ${quarantinedColumns}, substring(received.raw from 1 for 4096) as head ${FROM_QUARANTINE} and received.id = :id`;
export const findQuarantined = (sql: Sql, id: bigint) =>
  sql.maybeOne<QuarantinedRow & { head: Buffer | null }>(oneQuarantined, { id });

const release = `
  update received_messages set state = 'stored', reason = '', reason_details = '', tries = 0
  where id = :id and state = 'quarantined' and raw is not null and settled_at is null returning id`;
/** False when it is not in quarantine, a person has done with it, or its bytes are forgotten. */
export const releaseQuarantined = async (sql: Sql, id: bigint): Promise<boolean> =>
  (await sql.maybeOne(release, { id })) !== null;

const settle = `
  update received_messages set settled_at = :now, settled_by = :by, settled_note = :note
  where id = :id and settled_at is null and state in ('read', 'quarantined') returning id`;
/** False when a person has done with it already. */
export const markSettled = async (
  sql: Sql,
  row: { id: bigint; note: string; now: Date; by: bigint | null },
): Promise<boolean> => (await sql.maybeOne(settle, row)) !== null;

const putBack = `
  update received_messages set settled_at = null, settled_by = null, settled_note = ''
  where id = :id and settled_at is not null returning id`;
/** False when it waits. */
export const clearSettled = async (sql: Sql, id: bigint): Promise<boolean> =>
  (await sql.maybeOne(putBack, { id })) !== null;

const dropRaw = `
  update received_messages set raw = null, raw_forgotten_at = :now
  where id = any(array(
    select id from received_messages
    where raw is not null and received_at < :before and (state = 'read') = :read and state <> 'stored'
    order by received_at limit :limit for update skip locked))`;
export const forgetRaw = (sql: Sql, row: { now: Date; before: Date; read: boolean; limit: number }) =>
  sql.run(dropRaw, row);
