/** SQL of the outbox viewer: what would have been sent while no provider is set up. */
import type { Sql } from "#src/platform/sql.ts";

export type NewOutboxEntry = {
  readonly messageId: bigint;
  readonly channel: "sms" | "email";
  /** Masked. */
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly html: string | null;
  readonly segments: number | null;
  readonly now: Date;
};

const add = `
  insert into outbox_viewer (message_id, channel, recipient, subject, body, html, segments, shown_at)
  values (:messageId, :channel, :recipient, :subject, :body, :html, :segments, :now) returning id`;
/** Each call is an entry: a message that went twice would be seen twice. */
export const insertOutboxEntry = (sql: Sql, entry: NewOutboxEntry) => sql.one<{ id: bigint }>(add, entry);

export type OutboxEntry = {
  readonly id: bigint;
  readonly messageId: bigint;
  readonly channel: "sms" | "email";
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly html: string | null;
  readonly segments: number | null;
  readonly shownAt: Date;
  /** Names of the files that hang on it. */
  readonly attachments: readonly string[];
};

const latest = `
  select id, message_id as "messageId", channel, recipient, subject, body, html, segments, shown_at as "shownAt",
    array(select file.file_name from message_attachments hung join stored_files file on file.id = hung.file_id
      where hung.message_id = outbox_viewer.message_id order by hung.ordinal) as attachments
  from outbox_viewer
  where (:beforeId::bigint is null or id < :beforeId::bigint)
    and (:channel::text is null or channel = :channel::text)
  order by id desc limit :limit::integer`;
export const findOutboxEntries = (
  sql: Sql,
  query: { beforeId: bigint | null; channel: "sms" | "email" | null; limit: number },
) => sql.rows<OutboxEntry>(latest, query);

const old = `
  delete from outbox_viewer where ctid = any(array(
    select ctid from outbox_viewer where shown_at < :before limit :limit for update skip locked))`;
export const forgetOutboxEntries = (sql: Sql, query: { before: Date; limit: number }) => sql.run(old, query);
