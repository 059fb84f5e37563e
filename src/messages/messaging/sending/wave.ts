/** A wave: claimed messages with the words that they go with, and what becomes of the others. */
import { DomainError } from "#src/kernel/errors.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { Log } from "#src/platform/queues.ts";
import type { Platform } from "#src/platform/route.ts";
import { findHungFiles } from "../attachment-queries.ts";
import type { MessagePorts, RenderedMessage, RenderMessage, SentFile } from "../ports/port.ts";
import type { ClaimStep, LeftOut } from "./call-queries.ts";
import type { ClaimCheck } from "./face.ts";
import type { ClaimFact } from "./facts-queries.ts";
import type { Judged } from "./read-again.ts";

export type SendDependencies = {
  readonly platform: Platform;
  readonly ports: MessagePorts;
  readonly render: RenderMessage;
  readonly checks: readonly ClaimCheck[];
  readonly log: Log;
};

export const SENDING_ACTOR = systemActor("messages");

/** A message with the words that it goes with. */
export type Prepared = {
  readonly fact: ClaimFact;
  readonly address: string;
  readonly rendered: RenderedMessage;
  /** Of a mail; none else. */
  readonly attachments: readonly SentFile[];
};

export type Wave = {
  readonly prepared: readonly Prepared[];
  readonly steps: readonly ClaimStep[];
  /** Of messages that go and are about several homes: those that they do not name. */
  readonly leftOut: readonly LeftOut[];
};

const NOTHING = { reason: "", until: null, address: "", templateVersion: "" } as const;

const leftOutOf = (judged: readonly Judged[]): LeftOut[] =>
  judged.flatMap(({ fact, verdict }) =>
    verdict.kind === "go" && fact.homeCount > 0 ? [{ id: fact.id, homes: verdict.leftOut }] : [],
  );

/**
 * Why the words of a message cannot be made: it becomes a dead letter, and the others of its wave go on. Anything else (the database that
 * was asked for the words is gone, with a code or without) is no matter of the message, and thrown on: the job is tried again.
 */
const wordsReason = (error: unknown): string => {
  if (error instanceof DomainError && error.code.startsWith("template.")) return error.code;
  throw error;
};

/** What hangs on the mails of a wave, by message. A wave has one channel: other waves ask nothing. */
const filesOf = async (
  { platform }: Pick<SendDependencies, "platform">,
  judged: readonly Judged[],
): Promise<ReadonlyMap<bigint, readonly SentFile[]>> => {
  const mails = judged.filter(({ fact, verdict }) => fact.channel === "email" && verdict.kind === "go");
  const files = new Map<bigint, SentFile[]>();
  if (mails.length === 0) return files;
  const ids = mails.map(({ fact }) => fact.id);
  for (const { messageId, ...file } of await findHungFiles(platform.database.sql, ids)) {
    files.set(messageId, [...(files.get(messageId) ?? []), file]);
  }
  return files;
};

/** Every message of a wave gets its step; those that go get their words. */
export const prepare = async (
  dependencies: SendDependencies,
  judged: readonly Judged[],
  provider: string,
): Promise<Wave> => {
  const { render } = dependencies;
  const files = await filesOf(dependencies, judged);
  const prepared: Prepared[] = [];
  const steps: ClaimStep[] = [];
  for (const { fact, verdict } of judged) {
    const { id } = fact;
    if (verdict.kind === "skip") steps.push({ ...NOTHING, id, state: "skipped", reason: verdict.reason });
    else if (verdict.kind === "put-off") {
      steps.push({ ...NOTHING, id, state: "queued", reason: verdict.reason, until: verdict.until });
    } else {
      const { template, channel, locale } = fact;
      try {
        const { values, pin } = verdict;
        const rendered = await render({ template, channel, locale, values, provider, pin });
        prepared.push({ fact, address: verdict.address, rendered, attachments: files.get(id) ?? [] });
        const { templateVersion } = rendered;
        steps.push({ ...NOTHING, id, state: "calling", address: verdict.address, templateVersion });
      } catch (error) {
        steps.push({ ...NOTHING, id, state: "rejected", reason: wordsReason(error) });
      }
    }
  }
  return { prepared, steps, leftOut: leftOutOf(judged) };
};
