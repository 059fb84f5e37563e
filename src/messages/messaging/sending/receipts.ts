/** Reports of providers on messages: late, twice, in any order. */
import { fail } from "#src/kernel/errors.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Receipt } from "../ports/port.ts";
import { announceFailed } from "./failed.ts";
import {
  applyReceipts,
  insertReceipts,
  matchAllWaiting,
  matchWaiting,
  readByIndex,
} from "./receipt-queries.ts";
import { ASK_ACCEPTED_AFTER_MS } from "./settings.ts";

const RECEIPTS_ACTOR = systemActor("receipts");
const FAILED = new Set(["undelivered", "expired", "rejected"]);

const apply = async (context: CommandContext, ids: readonly bigint[]): Promise<number> => {
  if (ids.length === 0) return 0;
  const { sql, now } = context;
  const askAt = new Date(now.getTime() + (ASK_ACCEPTED_AFTER_MS[0] ?? 0));
  const moved = await applyReceipts(sql, { ids: [...new Set(ids)], now, askAt });
  announceFailed(
    context,
    moved.filter((one) => FAILED.has(one.state)).map((one) => one.id),
  );
  return moved.length;
};

const record = async (context: CommandContext, receipts: readonly Receipt[]) => {
  if (receipts.length === 0) return { stored: [], moved: 0 };
  // One flight: the statements of a connection are carried out in this order.
  const [, stored] = await Promise.all([
    readByIndex(context.sql),
    insertReceipts(context.sql, receipts, context.now),
  ]);
  const ids = stored.flatMap((one) => (one.messageId === null ? [] : [one.messageId]));
  return { stored, moved: await apply(context, ids) };
};

/**
 * Records what a provider reported and carries the messages forward, never back. Repeating is safe: a report is known by
 * (provider, eventId). One whose message is not known yet waits for the answer that names it. Locks the messages.
 * The adapter has verified the sender before.
 */
export const recordReceipts = async (
  context: CommandContext,
  receipts: readonly Receipt[],
): Promise<{ readonly stored: number; readonly moved: number }> => {
  const { stored, moved } = await record(context, receipts);
  return { stored: stored.length, moved };
};

type Waiting = {
  readonly receipts: readonly Receipt[];
  resolve(taken: { readonly stored: number }): void;
  reject(error: unknown): void;
};
type Inbox = { readonly waiting: Waiting[]; waitingReceipts: number; writing: boolean };

/** Receipts of one transaction; a request of more than that is one by itself. */
const MOST_TOGETHER = 1000;
/** While so many wait for the database, a provider is told to come again: it repeats what has no answer. */
const MOST_WAITING = 5000;
const inboxes = new WeakMap<Platform["database"], Inbox>();
const keyOf = (one: { readonly provider: string; readonly eventId: string }): string =>
  `${one.provider} ${one.eventId}`;

const write = async ({ commands }: Pick<Platform, "commands">, batch: readonly Waiting[]): Promise<void> => {
  const { result } = await commands.run({ name: "message.receipts", actor: RECEIPTS_ACTOR }, (context) =>
    record(
      context,
      batch.flatMap((one) => one.receipts),
    ),
  );
  const fresh = new Set(result.stored.map(keyOf));
  for (const one of batch) {
    // A report that two of them brought is new for the first.
    one.resolve({ stored: one.receipts.filter((receipt) => fresh.delete(keyOf(receipt))).length });
  }
};

const takeBatch = (inbox: Inbox): Waiting[] => {
  let receipts = 0;
  let requests = 0;
  for (const one of inbox.waiting) {
    if (requests > 0 && receipts + one.receipts.length > MOST_TOGETHER) break;
    receipts += one.receipts.length;
    requests += 1;
  }
  inbox.waitingReceipts -= receipts;
  return inbox.waiting.splice(0, requests);
};

const drain = async (platform: Pick<Platform, "commands">, inbox: Inbox): Promise<void> => {
  inbox.writing = true;
  while (inbox.waiting.length > 0) {
    const batch = takeBatch(inbox);
    await write(platform, batch).catch(async () => {
      // What one of them brought must not fail the others.
      for (const one of batch) await write(platform, [one]).catch((error: unknown) => one.reject(error));
    });
  }
  inbox.writing = false;
};

/**
 * The same for a provider that reports one a request: what comes while others are being written is written together, in one
 * transaction, and each is answered when it is committed.
 * @throws DomainError `receipts.too-many` while thousands wait for the database
 */
export const takeReceipts = async (
  platform: Pick<Platform, "database" | "commands">,
  receipts: readonly Receipt[],
): Promise<{ readonly stored: number }> => {
  const inbox = inboxes.get(platform.database) ?? { waiting: [], waitingReceipts: 0, writing: false };
  inboxes.set(platform.database, inbox);
  if (inbox.waitingReceipts > 0 && inbox.waitingReceipts + receipts.length > MOST_WAITING) {
    fail("receipts.too-many", "too many reports wait to be written", {
      remedy: "send this one again when Retry-After is over",
    });
  }
  return new Promise((resolve, reject) => {
    inbox.waiting.push({ receipts, resolve, reject });
    inbox.waitingReceipts += receipts.length;
    if (!inbox.writing) void drain(platform, inbox);
  });
};

/** Reports that overtook the answers that are being written. */
export const applyWaitingReceipts = async (
  context: CommandContext,
  provider: string,
  answers: readonly { readonly providerMessageId: string | null }[],
): Promise<void> => {
  const providerMessageIds = answers.flatMap((one) =>
    one.providerMessageId === null ? [] : [one.providerMessageId],
  );
  if (providerMessageIds.length === 0) return;
  const [, ids] = await Promise.all([
    readByIndex(context.sql),
    matchWaiting(context.sql, { provider, providerMessageIds }),
  ]);
  await apply(context, ids);
};

const WAITING_FOR_MS = 7 * 86_400_000;
const MATCHED_TOGETHER = 500;
/** How far the walk through unmatched ones has come, in this process. */
const walks = new WeakMap<Platform["database"], bigint>();

/** Reports that were committed side by side with their answer; answers how many messages moved. */
export const applyLateReceipts = async (
  context: CommandContext,
  database: Platform["database"],
): Promise<number> => {
  const [, { ids, walkedTo }] = await Promise.all([
    readByIndex(context.sql),
    matchAllWaiting(context.sql, {
      after: new Date(context.now.getTime() - WAITING_FOR_MS),
      afterId: walks.get(database) ?? 0n,
      limit: MATCHED_TOGETHER,
    }),
  ]);
  walks.set(database, walkedTo ?? 0n);
  return apply(context, ids);
};
