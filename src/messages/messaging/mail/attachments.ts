/** What hangs on a mail: what it is, its bytes say; what a case does not need is named and not kept apart from the mail. */
import { createHash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import type { CommandContext } from "#src/platform/command.ts";
import { insertAttachments } from "../received-queries.ts";
import type { MailAttachment } from "./parse-mail.ts";

const keepOne = async (_context: CommandContext, one: MailAttachment, ordinal: number) => {
  const found = await fileTypeFromBuffer(one.content);
  return {
    ordinal,
    fileName: one.fileName,
    declaredType: one.declaredType,
    foundType: found?.mime ?? "",
    sizeBytes: one.content.byteLength,
    sha256Hex: createHash("sha256").update(one.content).digest("hex"),
    verdict: "kept",
    reason: "",
    fileId: null,
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
