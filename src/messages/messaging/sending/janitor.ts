/**
 * The janitor (核对): frees claims whose job was lost, calls unknown what a dead worker had called, asks providers about what
 * nobody knows (after 5 minutes, an hour, a day) and about accepted messages without a receipt, and gives what no provider
 * can say to a person, as a task by provider and hour.
 */
import { openTasks } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Log } from "#src/platform/queues.ts";
import type { Platform } from "#src/platform/route.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import type { MessagePorts, ProviderState, Receipt } from "../ports/port.ts";
import { addressOf, numberOf } from "../recipient.ts";
import { announceFailed } from "./failed.ts";
import { forgetLostJobs } from "./job-queries.ts";
import {
  type Asked,
  claimToAsk,
  findUndecided,
  markCallsUnknown,
  queueAbsent,
  releaseLostClaims,
  setNextAsk,
} from "./janitor-queries.ts";
import { applyLateReceipts, recordReceipts } from "./receipts.ts";
import {
  ASK_ACCEPTED_AFTER_MS,
  ASK_UNKNOWN_AFTER_MS,
  SENDING_SETTINGS,
  type SendingSettings,
} from "./settings.ts";
import { SENDING_ACTOR } from "./wave.ts";

export type JanitorDependencies = {
  readonly platform: Platform;
  readonly ports: MessagePorts;
  readonly log: Log;
};

const CHANNELS = ["sms", "email", "voice"] as const;
const BATCH = 1000;
const ASKED_AT_ONCE = 50;
const ASKING_LASTS_MS = 120_000;
const ASK_WITHIN_MS = 30_000;
const DECIDE_WITHIN_MS = 4 * 3_600_000;
const LOOK_BACK_MS = 7 * 86_400_000;
/** The kind of the task; its source is provider and hour. */
export const UNKNOWN_TASK = "messages-unknown";
export const unknownTaskSource = (provider: string, since: Date): string =>
  `${provider}:${since.toISOString().slice(0, 13)}`;

/** Leases that ran out; answers how many messages moved. Repeating is safe. */
export const sweepMessages = async (
  { platform, log }: JanitorDependencies,
  settings: SendingSettings = SENDING_SETTINGS,
): Promise<{ readonly requeued: number; readonly unknown: number; readonly moved: number }> => {
  const [askAfterMs = 0] = ASK_UNKNOWN_AFTER_MS;
  const { result } = await platform.commands.run(
    { name: "message.sweep", actor: SENDING_ACTOR },
    async (context) => {
      const { sql, now } = context;
      const all = { channels: CHANNELS, limit: BATCH, now };
      const freed = await releaseLostClaims(sql, { ...all, most: settings.mostAttempts });
      await forgetLostJobs(sql);
      const lost = await markCallsUnknown(sql, { ...all, askAfterMs });
      const dead = freed.filter((one) => one.state === "rejected").map((one) => one.id);
      announceFailed(context, dead);
      const moved = await applyLateReceipts(context, platform.database);
      return { requeued: freed.length - dead.length, unknown: lost.length, moved };
    },
  );
  if (result.unknown > 0) log.warn({ unknown: result.unknown }, "messages of which nobody knows");
  if (result.requeued > 0) log.warn({ requeued: result.requeued }, "claimed again: their job was lost");
  return result;
};

const toOf = (asked: Asked): string => numberOf(asked.address) ?? addressOf(asked.address) ?? "";

const ask = async (ports: MessagePorts, asked: Asked): Promise<ProviderState | null> => {
  const port = [ports.sms, ports.email].find((one) => one.name === asked.provider);
  if (port?.ask === undefined) return null;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ASK_WITHIN_MS);
  try {
    return await Promise.race([
      port.ask({
        messageId: asked.id,
        providerMessageId: asked.providerMessageId,
        to: toOf(asked),
        since: asked.calledAt,
        others: asked.others,
        hasRival: asked.hasRival,
      }),
      new Promise<null>((resolve) => late.signal.addEventListener("abort", () => resolve(null))),
    ]);
  } catch {
    // It is asked again at the next time; the third silence makes a person decide.
    return null;
  } finally {
    clearTimeout(timer);
  }
};

/** When it is asked about next: counted from the call, or from the answer of an accepted one. */
const nextAskOf = (asked: Asked): Date | null => {
  const steps = asked.state === "unknown" ? ASK_UNKNOWN_AFTER_MS : ASK_ACCEPTED_AFTER_MS;
  const from = asked.state === "unknown" ? asked.calledAt : (asked.answeredAt ?? asked.calledAt);
  const step = steps[asked.asks];
  return step === undefined ? null : new Date(from.getTime() + step);
};

const receiptOf = (
  asked: Asked,
  state: Receipt["state"],
  said: ProviderState | null,
  now: Date,
): Receipt => ({
  provider: asked.provider,
  // Of this sending: one that a person had sent again is asked about anew, from the first time on.
  eventId: `asked:${asked.id}:${asked.replays}:${state}:${asked.asks}`,
  providerMessageId: said?.providerMessageId ?? asked.providerMessageId,
  messageId: asked.id,
  state,
  code: said?.code ?? "",
  at: now,
  segments: said?.segments ?? null,
  costMilliFen: said?.costMilliFen ?? null,
});

type Answered = { readonly asked: Asked; readonly said: ProviderState | null };

/** What the answers say, as receipts: they go the same way, only forward. */
const receiptsOf = (answers: readonly Answered[], now: Date): Receipt[] =>
  answers.flatMap(({ asked, said }) => {
    const last = asked.state === "accepted" && nextAskOf(asked) === null;
    if (said === null || said.state === "absent" || said.state === "accepted") {
      // Our own word on the sending that was asked about, whichever one the provider knows.
      const { providerMessageId } = asked;
      if (last)
        return [receiptOf(asked, "expired", { ...NOTHING_SAID, providerMessageId, code: "no-receipt" }, now)];
      return said?.state === "accepted" && asked.state === "unknown"
        ? [receiptOf(asked, "accepted", said, now)]
        : [];
    }
    return [receiptOf(asked, said.state, said, now)];
  });

const NOTHING_SAID: ProviderState = {
  state: "accepted",
  providerMessageId: null,
  code: "",
  segments: null,
  costMilliFen: null,
};

const openUndecided = async (context: CommandContext): Promise<void> => {
  const { sql, now } = context;
  const groups = await findUndecided(sql, new Date(now.getTime() - LOOK_BACK_MS));
  await openTasks(
    context,
    groups.map((group) => ({
      kind: UNKNOWN_TASK,
      source: unknownTaskSource(group.provider, group.since),
      title: `通道 ${group.provider} 无法确认是否已发送的消息，请人工核对并决定`,
      details: { provider: group.provider, since: group.since.toISOString(), messages: group.count },
      ownerRole: "supervisor" as const,
      dueAt: new Date(group.since.getTime() + DECIDE_WITHIN_MS),
    })),
  );
};

const settle = async (context: CommandContext, answers: readonly Answered[]): Promise<void> => {
  const { sql, now } = context;
  const absent = answers.filter(({ asked, said }) => asked.state === "unknown" && said?.state === "absent");
  await queueAbsent(sql, { ids: absent.map(({ asked }) => asked.id), now });
  await recordReceipts(context, receiptsOf(answers, now));
  const rest = answers.map(({ asked }) => {
    const askAt = nextAskOf(asked);
    return { id: asked.id, askAt, decides: askAt === null && asked.state === "unknown" };
  });
  const found = new Set(
    answers
      .filter(({ asked, said }) => asked.state === "unknown" && said !== null)
      .map(({ asked }) => asked.id),
  );
  await setNextAsk(
    sql,
    rest.filter((one) => !found.has(one.id)),
    now,
  );
  if (rest.some((one) => one.decides && !found.has(one.id))) await openUndecided(context);
};

/** Asks providers about what is due to be asked; answers how many. Nothing in a restored database before its release. */
export const askProviders = async ({ platform, ports }: JanitorDependencies): Promise<number> => {
  const { sql } = platform.database;
  if (await isSendingHeld(sql)) return 0;
  const now = platform.clock.now();
  const again = new Date(now.getTime() + ASKING_LASTS_MS);
  const due = await claimToAsk(sql, { now, again, limit: ASKED_AT_ONCE });
  if (due.length === 0) return 0;
  const answers = await Promise.all(due.map(async (asked) => ({ asked, said: await ask(ports, asked) })));
  await platform.commands.run({ name: "message.asked", actor: SENDING_ACTOR }, (context) =>
    settle(context, answers),
  );
  return due.length;
};
