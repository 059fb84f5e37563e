/** Files of a case: stored in the house's one place for files, seen by whoever sees the case. */
import { fail } from "#src/kernel/errors.ts";
import { type FileInput, readStoredFile, storeFile, type StoredFile } from "#src/office/documents/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { addEntry, type EntryText } from "./entries.ts";
import { hasEntryWithRef } from "./view-queries.ts";

/**
 * Stores a file and writes it on the timeline, where a closing may rest on it.
 * @throws DomainError `ticket.not-found`, `file.empty`, `file.too-large`, `file.type-refused`, `file.type-differs`
 */
export const attachFile = async (
  context: CommandContext,
  ticketId: bigint,
  file: FileInput & { readonly text?: EntryText | undefined },
): Promise<{ readonly fileId: bigint; readonly entryId: bigint }> => {
  const fileId = await storeFile(context, file);
  const entryId = await addEntry(context, ticketId, {
    kind: "attachment",
    text: file.text ?? "",
    ref: `file:${fileId}`,
    evidence: "attachment",
  });
  return { fileId, entryId };
};

/** Whether a stored file hangs on this case. */
export const hasAttachment = (sql: Sql, ticketId: bigint, fileId: bigint): Promise<boolean> =>
  hasEntryWithRef(sql, ticketId, `file:${fileId}`);

/** A file of this case. @throws DomainError `file.not-found` also for the file of another case */
export const readAttachment = async (sql: Sql, ticketId: bigint, fileId: bigint): Promise<StoredFile> => {
  if (!(await hasAttachment(sql, ticketId, fileId))) {
    fail("file.not-found", "there is no such file");
  }
  return readStoredFile(sql, fileId);
};
