/**
 * The word on a file that was looked at. Where its trial shows lines that somebody has to answer for, a second person agrees to
 * exactly this file first. The word is written down before the import begins: a process that is killed leaves a confirmed draft,
 * and the timetable goes on with it, as the person who confirmed.
 */
import { refusalOf } from "#src/bank/channels/index.ts";
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import { tryEach } from "#src/platform/try-each.ts";
import {
  confirmedDrafts,
  confirmerOf,
  type Draft,
  type DraftEnd,
  endDraft,
  findDraft,
  giveApproval,
  lockDraft,
  markConfirmed,
} from "./draft-queries.ts";
import { linesInDoubt } from "./doubts.ts";
import {
  type BankImportReport,
  type BankImportRequest,
  postBankFile,
  refuseKnownFile,
} from "./import-bank-file.ts";
import { findImport } from "./import-queries.ts";
import { bytesOfDraft } from "./keep-draft.ts";

export const DRAFT_KIND = "bank-import";
registerApprovalKinds({ [DRAFT_KIND]: "bank.certify" });

const inDoubt = ({ report }: Pick<Draft, "report">): number => linesInDoubt(report.tried?.counts ?? {});

/** Where the lines of a draft leave something open, its import is a matter of two. */
export const needsTwo = (draft: Pick<Draft, "report">): boolean => inDoubt(draft) > 0;

/** Somebody has said the word, or the second person has agreed and nobody has said it yet. */
export const isAgreed = (draft: Draft): boolean =>
  draft.state === "confirmed" || (needsTwo(draft) && draft.approvalState === "approved");

export const requireDraft = (draft: Draft | null): Draft =>
  draft ?? fail("draft.not-found", "there is no such file that waits", { field: "id" });

/** Every figure that the second person agrees to. */
const draftRequest = (draft: Draft) => ({
  draftId: String(draft.id),
  channel: draft.channel,
  sha256: draft.sha256.toString("hex"),
  bankDay: draft.report.bankDay,
  lines: draft.report.tried?.lineCount ?? 0,
  totalFen: draft.report.tried?.totalFen ?? "0",
  inDoubt: inDoubt(draft),
});

const endCommand = (platform: Platform, actor: Actor, end: Omit<DraftEnd, "now">): Promise<unknown> =>
  platform.commands.run({ name: "bank.end-draft", actor }, async (context) => {
    if ((await endDraft(context.sql, { ...end, now: context.now })) === 0) return;
    context.audit({
      subject: `bank-draft:${end.id}`,
      details: { state: end.state, importFileId: end.importFileId },
    });
  });

/** Under way by another process, or there: then the import that is there is the draft's. */
const importOf = (error: DomainError): { readonly id: bigint; readonly isPosted: boolean } | null => {
  if (error.code !== "file.already-imported") return null;
  const id = error.detail.facts?.["importFileId"] ?? error.detail.facts?.["firstImportFileId"];
  if (typeof id !== "string") return null;
  return { id: BigInt(id), isPosted: error.detail.facts?.["state"] === "posted" };
};

/** Past its checks, its money is in the books or will be: whatever was in the way, this file is not refused any more. */
const begunImport = async (platform: Platform, id: bigint) => {
  const draft = await findDraft(platform.database.sql, id);
  const { importId = null, importState = null } = draft ?? {};
  if (importId === null || importState === null) return null;
  return ["checked", "posting", "posted"].includes(importState)
    ? { id: importId, isPosted: importState === "posted" }
    : null;
};

type Asked = Pick<BankImportRequest, "requestId" | "onProgress">;

/**
 * Imports a confirmed draft to its end, with the lines in doubt that were agreed to and no more. Repeating is safe: the file is known by its
 * bytes. Answers why not, where it was not imported.
 * @throws DomainError of the moment (`database.busy`), or what stopped an import that had begun: it stays confirmed, for the timetable
 */
const runDraft = async (
  platform: Platform,
  actor: Actor,
  draft: Draft,
  asked: Asked,
): Promise<BankImportReport | DomainError> => {
  const from = "confirmed" as const;
  try {
    const request = {
      ...asked,
      source: bytesOfDraft(platform, draft),
      fileName: draft.fileName,
      channel: draft.channel,
      profile: draft.profile,
      ...(draft.forDay !== null && { forDay: draft.forDay }),
    };
    const report = await postBankFile(platform, actor, request, inDoubt(draft));
    await endCommand(platform, actor, {
      id: draft.id,
      from,
      state: "imported",
      importFileId: report.importFileId,
      refusal: null,
    });
    return report;
  } catch (error) {
    if (!(error instanceof DomainError) || isOfTheMoment(error)) throw error;
    const others = importOf(error);
    // Another process is at it: it stays confirmed, and its end is written when it is posted.
    if (others !== null && !others.isPosted) return error;
    const there = others ?? (await begunImport(platform, draft.id));
    if (there !== null && !there.isPosted) throw error;
    await endCommand(platform, actor, {
      id: draft.id,
      from,
      state: there === null ? "refused" : "imported",
      importFileId: there?.id ?? null,
      refusal: there === null ? refusalOf(error) : null,
    });
    return error;
  }
};

/** A machine gives no word of its own: it carries out what two people agreed to, and the one who asked answers for it. */
const personNeeded = (): never =>
  fail("draft.person-needed", "a person confirms a file that waits", {
    remedy: "have somebody confirm it; then send the file again by POST /bank-imports",
  });

/** Under its lock: asked for, when two are needed and nobody was asked; else confirmed. */
const takeWord = async (context: CommandContext, id: bigint): Promise<"asked" | "confirmed"> => {
  const draft = requireDraft(await lockDraft(context.sql, id));
  if (draft.state === "confirmed" || draft.state === "imported") return "confirmed";
  if (draft.state !== "looked") {
    fail("draft.over", `this file was ${draft.state}`, {
      remedy: "choose the file again",
      facts: { state: draft.state },
    });
  }
  let by = staffIdOf(context.actor);
  if (needsTwo(draft)) {
    if (
      draft.approvalId === null ||
      draft.approvalState === "withdrawn" ||
      draft.approvalState === "refused"
    ) {
      const approvalId = await requestApproval(context, {
        kind: DRAFT_KIND,
        subject: `bank-draft:${draft.id}`,
        request: draftRequest(draft),
      });
      await giveApproval(context.sql, draft.id, approvalId);
      return "asked";
    }
    // Asked again while nobody has decided: the same question stands.
    if (draft.approvalState === "requested") return "asked";
    const { requestedBy } = await useApproval(context, draft.approvalId, DRAFT_KIND, draftRequest(draft));
    by ??= requestedBy;
  }
  await markConfirmed(context.sql, draft.id, by ?? personNeeded(), context.now);
  context.audit({ subject: `bank-draft:${draft.id}`, details: { confirmed: true } });
  return "confirmed";
};

/**
 * Confirms a draft and imports it; answers when it is posted. Where two people are needed, the first call asks and the call after
 * the approval imports. Two calls at once post once.
 * @throws DomainError `draft.*`, `approval.*`, `database.busy`: once confirmed it is gone on with by itself
 */
export const confirmDraft = async (
  platform: Platform,
  actor: Actor,
  id: bigint,
  requestId: string | undefined,
): Promise<Draft> => {
  if (staffIdOf(actor) === null) personNeeded();
  const { sql } = platform.database;
  const { result: word } = await platform.commands.run(
    { name: "bank.confirm-draft", actor, ...(requestId !== undefined && { requestId }) },
    (context) => takeWord(context, id),
  );
  const draft = requireDraft(await findDraft(sql, id));
  if (word === "confirmed" && draft.state === "confirmed") {
    await runDraft(platform, actor, draft, requestId === undefined ? {} : { requestId });
  }
  return requireDraft(await findDraft(sql, id));
};

/**
 * Imports a draft that is agreed to (`isAgreed`), for whoever brings its file again. Repeating is safe.
 * @throws DomainError whatever the import is refused with; `file.already-imported` when somebody else does it, or has
 */
export const importAgreed = async (
  platform: Platform,
  actor: Actor,
  id: bigint,
  asked: Asked,
): Promise<BankImportReport> => {
  const { sql } = platform.database;
  const command = { name: "bank.confirm-draft" as const, actor };
  await platform.commands.run(
    asked.requestId === undefined ? command : { ...command, requestId: asked.requestId },
    (context) => takeWord(context, id),
  );
  const draft = requireDraft(await findDraft(sql, id));
  if (draft.state === "confirmed") {
    const done = await runDraft(platform, actor, draft, asked);
    if (done instanceof DomainError) throw done;
    return done;
  }
  const there = draft.importId === null ? null : await findImport(sql, draft.importId);
  return refuseKnownFile(must(there, "the import that the draft became"));
};

/** Gives a draft up: nothing was posted. @throws DomainError `draft.not-found`, `draft.over` */
export const dropDraft = async (context: CommandContext, id: bigint): Promise<void> => {
  const draft = requireDraft(await lockDraft(context.sql, id));
  if (draft.state !== "looked") {
    fail("draft.over", `this file was ${draft.state}`, { facts: { state: draft.state } });
  }
  await endDraft(context.sql, {
    id,
    from: "looked",
    state: "dropped",
    importFileId: null,
    refusal: null,
    now: context.now,
  });
  context.audit({ subject: `bank-draft:${id}`, details: { dropped: true } });
};

/**
 * Goes on with what was confirmed and whose process was killed, each as the person who confirmed it. A draft that is imported just
 * now is passed over. Answers how many came to their end. Repeating is safe.
 * @throws AggregateError the drafts that could not be gone on with, when all were tried
 */
export const resumeDrafts = async (platform: Platform): Promise<number> => {
  const { sql } = platform.database;
  let ended = 0;
  const nameOf = ({ id }: { readonly id: bigint }): string => `bank draft ${id}`;
  await tryEach(await confirmedDrafts(sql), nameOf, async ({ id }) => {
    const draft = await findDraft(sql, id);
    if (draft?.state !== "confirmed" || draft.confirmedById === null) return;
    const person = must(await confirmerOf(sql, draft.confirmedById), "the person who confirmed");
    const actor: Actor = {
      kind: "staff",
      id: person.id,
      name: person.login,
      roles: ["finance"],
      scope: { kind: "everything" },
    };
    await runDraft(platform, actor, draft, {});
    if ((await findDraft(sql, id))?.state !== "confirmed") ended += 1;
  });
  return ended;
};
