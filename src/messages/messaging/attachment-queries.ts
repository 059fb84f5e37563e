/** SQL of what hangs on the mails that we send. */
import type { Sql } from "#src/platform/sql.ts";

const hang = `
  insert into message_attachments (message_id, ordinal, file_id)
  select :messageId, ordinal, file_id from unnest(:fileIds::bigint[]) with ordinality hung (file_id, ordinal)`;
export const insertMessageAttachments = (
  sql: Sql,
  row: { readonly messageId: bigint; readonly fileIds: readonly bigint[] },
) => sql.run(hang, row);

export type HungFile = {
  readonly messageId: bigint;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
};

const hanging = `
  select hung.message_id as "messageId", file.file_name as "fileName", file.media_type as "mediaType", file.bytes
  from message_attachments hung join stored_files file on file.id = hung.file_id
  where hung.message_id = any(:messageIds::bigint[]) order by hung.message_id, hung.ordinal`;
/** The files of these messages in the order in which they hang. */
export const findHungFiles = (sql: Sql, messageIds: readonly bigint[]) =>
  sql.rows<HungFile>(hanging, { messageIds });
