/** What hangs on a mail: its bytes say what it is. A case takes photos and papers; the rest is named, and stays with the mail. */
import { createHash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import { DomainError } from "#src/kernel/errors.ts";
import { storeFile } from "#src/office/documents/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { insertAttachments } from "../received-queries.ts";
import type { MailAttachment } from "./parse-mail.ts";

type Kept = { readonly verdict: "kept" | "refused"; readonly reason: string; readonly fileId: bigint | null };

/** What mail programs declare is often wrong and nobody's word; only the content counts. Refusals come before any write. */
const tryToStore = async (context: CommandContext, one: MailAttachment): Promise<Kept> => {
  try {
    const fileId = await storeFile(context, { bytes: one.content, fileName: one.fileName });
    return { verdict: "kept", reason: "", fileId };
  } catch (error) {
    if (error instanceof DomainError) return { verdict: "refused", reason: error.code, fileId: null };
    throw error;
  }
};

const keepOne = async (context: CommandContext, one: MailAttachment, ordinal: number) => {
  const { verdict, reason, fileId } = await tryToStore(context, one);
  const found = await fileTypeFromBuffer(one.content);
  return {
    ordinal,
    fileName: one.fileName,
    declaredType: one.declaredType,
    foundType: found?.mime ?? "",
    sizeBytes: one.content.byteLength,
    sha256Hex: createHash("sha256").update(one.content).digest("hex"),
    verdict,
    reason,
    fileId: fileId === null ? null : String(fileId),
  };
};

/** Keeps the attachments of a mail in its transaction. */
export const keepAttachments = async (
  context: CommandContext,
  messageId: bigint,
  attachments: readonly MailAttachment[],
): Promise<void> => {
  if (attachments.length === 0) return;
  const rows = [];
  for (const [index, one] of attachments.entries()) rows.push(await keepOne(context, one, index + 1));
  await insertAttachments(context.sql, { messageId, attachments: JSON.stringify(rows) });
};
