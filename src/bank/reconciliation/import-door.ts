/**
 * The door for files that nobody looked at before: `POST /bank-imports` and `nuan bank import`. A clean file is posted at once. One with lines
 * in doubt is held: kept as a draft, as if somebody had looked at it, until a second person agrees. The same file again is then posted.
 */
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { confirmDraft, importAgreed, isAgreed } from "./confirm-draft.ts";
import { isInDoubt, linesInDoubt } from "./doubts.ts";
import { type Draft, findWaitingDraft } from "./draft-queries.ts";
import { type BankImportReport, type BankImportRequest, postBankFile, reportOf } from "./import-bank-file.ts";
import { channelToImport, profileToUse } from "./import-choice.ts";
import { findImport } from "./import-queries.ts";
import { keepDraft } from "./keep-draft.ts";
import { takeSource } from "./source-file.ts";

const refuseHeld = ({ id, report, approvalId, approvalState }: Draft): never => {
  const counts = report.tried?.counts ?? {};
  const asked = approvalId !== null && approvalState === "requested";
  return fail("file.held", `${linesInDoubt(counts)} lines of this file are in doubt: nothing was posted`, {
    remedy: asked
      ? `A second person decides approval ${approvalId}; then send the same file again, or confirm draft ${id}.`
      : `Somebody of finance confirms draft ${id} (POST /bank-drafts/${id}/confirmation), a second person agrees; then send the same file again.`,
    facts: {
      draftId: String(id),
      approvalId: approvalId === null ? null : String(approvalId),
      inDoubt: linesInDoubt(counts),
      counts,
    },
  });
};

type Refused = { readonly code: string; readonly message: string };

/** Keeps the file and, for a person, asks the second one. */
const hold = async (
  platform: Platform,
  actor: Actor,
  request: BankImportRequest,
): Promise<BankImportReport> => {
  const kept = await keepDraft(platform, actor, request);
  const isPersons = staffIdOf(actor) !== null && kept.state === "looked";
  const draft = isPersons ? await confirmDraft(platform, actor, kept.id, request.requestId) : kept;
  if (draft.refusal !== null) {
    const { code, message } = draft.refusal as Refused;
    throw new DomainError(code, message, {
      remedy: "Send the file again.",
      facts: { draftId: String(draft.id) },
    });
  }
  // What was in doubt a moment ago is not any more.
  if (draft.state === "imported" && draft.importId !== null) {
    const file = must(await findImport(platform.database.sql, draft.importId), "the import of the draft");
    return reportOf(file, { dryRun: false, resumed: false });
  }
  return refuseHeld(draft);
};

/**
 * Imports a file of a channel, or a statement (camt) of our bank account. A dry run posts nothing, whatever is in doubt.
 * @throws DomainError `file.held` with the draft that waits for a second person; and what `postBankFile` refuses. Repeating is safe
 */
export const importBankFile = async (
  platform: Platform,
  actor: Actor,
  request: BankImportRequest,
): Promise<BankImportReport> => {
  if (request.dryRun === true) return postBankFile(platform, actor, request);
  const { sql } = platform.database;
  const channel = await channelToImport(sql, request.channel);
  const profile = await profileToUse(channel, request.profile);
  const source = await takeSource(request.source);
  try {
    const { id: channelId } = channel;
    const waiting = await findWaitingDraft(sql, {
      channelId,
      sha256: source.sha256,
      profile: profile.name,
      forDay: request.forDay ?? null,
    });
    if (waiting !== null && isAgreed(waiting))
      return await importAgreed(platform, actor, waiting.id, request);
    const here = { ...request, source: source.path };
    try {
      return await postBankFile(platform, actor, here);
    } catch (error) {
      if (!isInDoubt(error)) throw error;
    }
    return await hold(platform, actor, here);
  } finally {
    await source.dispose();
  }
};
