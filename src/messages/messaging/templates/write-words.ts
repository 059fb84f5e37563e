/**
 * Changing what a template says (模板改版), by two people: a draft in every language that the template speaks, held to the lint of the files;
 * asked for with a reason; live with the approval of a second person, or from a day on. Going back to an earlier version, or to the
 * program's words, goes the same way. Nothing that was approved is changed or removed.
 *
 *   draft > waiting > approved (live, or waiting for its day) ; draft, or approved and not live yet > cancelled
 *   waiting > draft again, when it is refused or taken back
 */
import { type Day, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import {
  type DecidedApproval,
  followDecisions,
  registerApprovalKinds,
  requestApproval,
  useApproval,
} from "#src/office/approvals/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { readTexts, wordsIn } from "./book.ts";
import { readTemplate } from "./catalog.ts";
import { TEMPLATE_LOCALES } from "./declaration.ts";
import {
  type GivenWords,
  languagesOf,
  programWords,
  requireSound,
  type TemplateName,
  tidyWords,
  withSamples,
  type Words,
} from "./judge-words.ts";
import type { LintSettings } from "./lint-template.ts";
import { readSegmentPrice } from "./segment-price.ts";
import {
  findOpenWords,
  findWords,
  insertWords,
  lockTemplate,
  lockWords,
  markApproved,
  markAsked,
  markCancelled,
  markDraft,
  updateWords,
  type WordsRow,
} from "./words-queries.ts";

export const WORDS_APPROVAL = "template.words";
registerApprovalKinds({ [WORDS_APPROVAL]: "message.settings" });

const SUBJECT = "template-words:";

export const wordsOfRow = (row: Pick<WordsRow, "wordsZh" | "wordsEn">): Words => ({
  "zh-CN": row.wordsZh,
  en: row.wordsEn,
});

const settingsOf = async ({ sql }: CommandContext, signature: string): Promise<LintSettings> => ({
  signature,
  segmentMilliFen: await readSegmentPrice(sql),
});

const audited = ({ channel, name, revision }: WordsRow) => ({ channel, name, revision });
const subjectOf = ({ channel, name }: TemplateName): string => `template:${channel}/${name}`;

const refuseUnknown = (): never =>
  fail("template.words-unknown", "there is no such version of this template");

/** @throws DomainError `template.words-unknown`, `version.stale` */
const lockVersion = async (context: CommandContext, id: bigint, version: number): Promise<WordsRow> => {
  const row = (await lockWords(context.sql, id)) ?? refuseUnknown();
  if (row.version === version) return row;
  return fail("version.stale", "somebody else changed this version meanwhile", {
    remedy: "read it again and decide anew",
    facts: { version: row.version, state: row.state },
  });
};

/** @throws DomainError `template.words-state` with what it is */
const requireDraft = (row: WordsRow): void => {
  if (row.state === "draft") return;
  fail("template.words-state", `this version is ${row.state}`, {
    remedy:
      row.state === "waiting"
        ? "have the request taken back or refused, then write on"
        : "begin a new version",
    facts: { state: row.state },
  });
};

/** What a version begins with: words of somebody, those of an earlier version, or the program's. */
export type Beginning =
  | { readonly words: GivenWords }
  | { readonly copyOf: bigint }
  | { readonly program: true };

const begin = async (
  context: CommandContext,
  key: TemplateName,
  from: Beginning,
): Promise<{
  readonly kind: "own" | "program";
  readonly words: Words;
  readonly copiedFrom: bigint | null;
}> => {
  if ("words" in from) return { kind: "own", words: tidyWords(key, from.words), copiedFrom: null };
  if ("program" in from) return { kind: "program", words: programWords(key), copiedFrom: null };
  const earlier = await findWords(context.sql, from.copyOf);
  if (earlier === null || earlier.channel !== key.channel || earlier.name !== key.name)
    return refuseUnknown();
  return { kind: earlier.kind, words: wordsOfRow(earlier), copiedFrom: earlier.id };
};

/**
 * Begins a version. One draft of a template at a time.
 * @throws DomainError `template.not-found`, `template.undeclared`, `template.words-missing`, `template.words-unknown`,
 * `template.draft-open`
 */
export const draftWords = async (
  context: CommandContext,
  key: TemplateName,
  from: Beginning,
): Promise<WordsRow> => {
  const { sql, now } = context;
  const base = programWords(key);
  const [locale = "zh-CN"] = languagesOf(key);
  const { declaration } = readTemplate({ ...key, locale });
  await lockTemplate(sql, key);
  const [open] = await findOpenWords(sql, key);
  if (open !== undefined) {
    fail("template.draft-open", "a version of this template is being written already", {
      remedy: "go on with it, or throw it away first",
      facts: { id: open.id, state: open.state },
    });
  }
  const { kind, words, copiedFrom } = await begin(context, key, from);
  const row = await insertWords(sql, {
    channel: key.channel,
    name: key.name,
    kind,
    wordsZh: words["zh-CN"],
    wordsEn: words.en,
    baseVersion: declaration.version,
    baseZh: base["zh-CN"],
    baseEn: base.en,
    copiedFrom,
    draftedBy: staffIdOf(context.actor),
    now,
  });
  context.audit({
    subject: subjectOf(key),
    details: { drafted: audited(row), kind, copiedFrom },
  });
  return row;
};

/** Writes on. @throws DomainError those of `lockVersion`, `template.words-state`, `template.words-missing` */
export const changeWords = async (
  context: CommandContext,
  id: bigint,
  version: number,
  given: GivenWords,
): Promise<WordsRow> => {
  const row = await lockVersion(context, id, version);
  requireDraft(row);
  const words = tidyWords(row, given);
  const changed = await updateWords(context.sql, {
    id,
    wordsZh: words["zh-CN"],
    wordsEn: words.en,
    now: context.now,
  });
  context.audit({ subject: subjectOf(row), details: { changed: audited(row) } });
  return changed;
};

/** What is approved: these words and nothing else, from this day on. */
const requestOf = (row: WordsRow, wanted: { readonly reason: string; readonly liveDay: Day | null }) => ({
  words: withSamples(row, wordsOfRow(row)),
  versionId: row.id,
  revision: row.revision,
  channel: row.channel,
  template: row.name,
  toProgram: row.kind === "program",
  wording: TEMPLATE_LOCALES.flatMap((locale) => wordsIn(row, locale) ?? []),
  reason: wanted.reason,
  liveDay: wanted.liveDay,
});

const isInForce = async (context: CommandContext, row: WordsRow): Promise<boolean> => {
  const texts = await readTexts(context.sql, context.now);
  const standing = texts.inForce(row.name, row.channel);
  if (row.kind === "program") return standing === null || standing.kind === "program";
  return languagesOf(row).every(
    (locale) => texts.load(row.name, row.channel, locale).words === wordsIn(row, locale),
  );
};

/**
 * Asks a second person for exactly these words.
 * @param wanted the day from which they are to be live; null: with the approval
 * @throws DomainError those of `lockVersion`, `template.words-state`, `template.has-errors`, `template.words-same`, `template.day-past`,
 * `approval.person-needed`
 */
export const askWords = async (
  context: CommandContext,
  id: bigint,
  version: number,
  wanted: { readonly reason: string; readonly liveDay: Day | null; readonly signature: string },
): Promise<WordsRow> => {
  const row = await lockVersion(context, id, version);
  requireDraft(row);
  requireSound(row, wordsOfRow(row), await settingsOf(context, wanted.signature));
  if (wanted.liveDay !== null && wanted.liveDay <= context.today) {
    fail("template.day-past", "name a day to come, or none: then they are live with the approval", {
      field: "liveDay",
    });
  }
  if (await isInForce(context, row)) {
    fail("template.words-same", "these are the words that people read now", {
      remedy: "change something, or throw the draft away",
    });
  }
  const { reason, liveDay } = wanted;
  const approvalId = await requestApproval(context, {
    kind: WORDS_APPROVAL,
    subject: `${SUBJECT}${id}`,
    request: requestOf(row, wanted),
  });
  const asked = await markAsked(context.sql, {
    id,
    reason,
    liveDay,
    approvalId,
    by: staffIdOf(context.actor),
    now: context.now,
  });
  context.audit({ subject: subjectOf(row), details: { asked: audited(row), reason, liveDay, approvalId } });
  return asked;
};

const goLive = async (context: CommandContext, row: WordsRow, approvalId: bigint): Promise<void> => {
  const { sql, now } = context;
  // A release may have come between: what would break messages is not approved. The signature was counted when it was asked for.
  requireSound(row, wordsOfRow(row), await settingsOf(context, ""));
  const { approvedBy } = await useApproval(context, approvalId, WORDS_APPROVAL, requestOf(row, row));
  const day = row.liveDay === null ? now : instantOfDay(row.liveDay);
  const liveFrom = day > now ? day : now;
  await markApproved(sql, { id: row.id, by: approvedBy, liveFrom, now });
  context.audit({
    subject: subjectOf(row),
    details: { approved: audited(row), approvalId, liveFrom: liveFrom.toISOString() },
  });
};

/** With the decision: live, or a draft again. What the lint refuses by now refuses the decision. */
followDecisions(WORDS_APPROVAL, async (context, { id, subject, state, reason }: DecidedApproval) => {
  const row = (await lockWords(context.sql, BigInt(subject.slice(SUBJECT.length)))) ?? refuseUnknown();
  // Not the request that waits any more: nothing follows.
  if (row.state !== "waiting" || row.approvalId !== id) return;
  if (state === "approved") return goLive(context, row, id);
  await markDraft(context.sql, { id: row.id, refusal: reason, now: context.now });
  context.audit({ subject: subjectOf(row), details: { [state]: audited(row), approvalId: id } });
});

/** Another machine's clock may be before ours: what is live there is not called off here. */
const NEARLY_LIVE_MS = 60_000;

/**
 * Throws a draft away, or calls off what was approved and is not live for a minute yet; by one person, because
 * people go on reading what they read.
 * @throws DomainError those of `lockVersion`, `template.words-state`
 */
export const cancelWords = async (
  context: CommandContext,
  id: bigint,
  version: number,
  reason: string,
): Promise<WordsRow> => {
  const row = await lockVersion(context, id, version);
  const cancelled = await markCancelled(context.sql, {
    id,
    by: staffIdOf(context.actor),
    reason,
    until: new Date(context.now.getTime() + NEARLY_LIVE_MS),
    now: context.now,
  });
  if (cancelled === null) {
    return fail("template.words-state", `this version is ${row.state === "approved" ? "live" : row.state}`, {
      remedy:
        row.state === "approved"
          ? "go back to an earlier version, or to the program's words, with a second person"
          : "have the request taken back or refused first",
      facts: { state: row.state },
    });
  }
  context.audit({ subject: subjectOf(row), details: { cancelled: audited(row), was: row.state, reason } });
  return cancelled;
};
