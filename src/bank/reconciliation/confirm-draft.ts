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
import type { Platform } from "#src/platform/route.ts";
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
import { linesInDoubt } from "./draft-report.ts";
import { importBankFile } from "./import-bank-file.ts";
import { bytesOfDraft } from "./keep-draft.ts";

export const DRAFT_KIND = "bank-import";
registerApprovalKinds({ [DRAFT_KIND]: "bank.certify" });

/** Where the lines of a draft leave something open, its import is a matter of two. */
export const needsTwo = ({ report }: Pick<Draft, "report">): boolean =>
  report.tried !== null && linesInDoubt(report.tried.counts) > 0;

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
  inDoubt: linesInDoubt(draft.report.tried?.counts ?? {}),
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

/** Imports a confirmed draft to its end. Repeating is safe: the file is known by its bytes. */
const runDraft = async (
  platform: Platform,
  actor: Actor,
  draft: Draft,
  requestId: string | undefined,
): Promise<void> => {
  const from = "confirmed" as const;
  try {
    const report = await importBankFile(platform, actor, {
      source: bytesOfDraft(platform, draft),
      fileName: draft.fileName,
      channel: draft.channel,
      profile: draft.profile,
      ...(draft.forDay !== null && { forDay: draft.forDay }),
      ...(requestId !== undefined && { requestId }),
    });
    await endCommand(platform, actor, {
      id: draft.id,
      from,
      state: "imported",
      importFileId: report.importFileId,
      refusal: null,
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const there = importOf(error);
    // Another process is at it: it stays confirmed, and its end is written when it is posted.
    if (there !== null && !there.isPosted) return;
    await endCommand(platform, actor, {
      id: draft.id,
      from,
      state: there === null ? "refused" : "imported",
      importFileId: there?.id ?? null,
      refusal: there === null ? refusalOf(error) : null,
    });
  }
};

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
    await useApproval(context, draft.approvalId, DRAFT_KIND, draftRequest(draft));
  }
  await markConfirmed(
    context.sql,
    draft.id,
    must(staffIdOf(context.actor), "the person who confirms"),
    context.now,
  );
  context.audit({ subject: `bank-draft:${draft.id}`, details: { confirmed: true } });
  return "confirmed";
};

/**
 * Confirms a draft and imports it; answers when it is posted. Where two people are needed, the first call asks and the call after
 * the approval imports. Two calls at once post once.
 * @throws DomainError `draft.*`, `approval.*`
 */
export const confirmDraft = async (
  platform: Platform,
  actor: Actor,
  id: bigint,
  requestId: string,
): Promise<Draft> => {
  if (staffIdOf(actor) === null) {
    fail("draft.person-needed", "a machine imports its file at once", { remedy: "use POST /bank-imports" });
  }
  const { sql } = platform.database;
  const { result: word } = await platform.commands.run(
    { name: "bank.confirm-draft", actor, requestId },
    (context) => takeWord(context, id),
  );
  const draft = requireDraft(await findDraft(sql, id));
  if (word === "confirmed" && draft.state === "confirmed") await runDraft(platform, actor, draft, requestId);
  return requireDraft(await findDraft(sql, id));
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
 */
export const resumeDrafts = async (platform: Platform): Promise<number> => {
  const { sql } = platform.database;
  let ended = 0;
  for (const { id } of await confirmedDrafts(sql)) {
    const draft = await findDraft(sql, id);
    if (draft?.state !== "confirmed" || draft.confirmedById === null) continue;
    const person = must(await confirmerOf(sql, draft.confirmedById), "the person who confirmed");
    const actor: Actor = {
      kind: "staff",
      id: person.id,
      name: person.login,
      roles: ["finance"],
      scope: { kind: "everything" },
    };
    await runDraft(platform, actor, draft, undefined);
    if ((await findDraft(sql, id))?.state !== "confirmed") ended += 1;
  }
  return ended;
};
