/**
 * Receipts that nobody of the provider wrote: for messages that really went out, with every trick, and none moves a message. Then
 * the genuine ones, of a tenth of the messages lost, a fifth twice, all shuffled: each message of which they came is delivered.
 */
import { signWebhook } from "#src/platform/webhook-signature.ts";
import type { GatewayReport } from "#tests/support/message-providers/gateway.ts";
import { GATEWAY_RECEIPTS_PATH } from "#tests/support/message-providers/gateway.ts";
import type { Taken } from "#tests/support/message-providers/behaviour.ts";
import { incoherences } from "../support/coherent.ts";
import { createTally, type FaultCase, type Tally } from "../support/fault-case.ts";
import { GATEWAY_SECRET, type MessageStage, stageMessages } from "../support/messages.ts";
import { ask, askOne } from "../support/outside.ts";
import { type Api, startApi, startWorker } from "../support/processes.ts";
import type { Clone } from "../support/stage.ts";
import { until } from "../support/until.ts";

const MESSAGES = { short: 60, full: 400 };
const SETTLE_LIMIT_MS = 120_000;
const STALE_SECONDS = 600;

type Forgery = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** What a forger says of a message: that it never arrived. */
const lieOf = (taken: Taken, n: number): GatewayReport => ({
  eventId: `forged-${n}-${taken.id}`,
  id: taken.id,
  messageId: taken.ref,
  state: "undelivered",
  code: "UNDELIV",
  at: taken.at.toISOString(),
});

const forgeriesOf = (taken: Taken, now: Date): Forgery[] => {
  const bodyOf = (n: number): string => JSON.stringify({ receipts: [lieOf(taken, n)] });
  const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  const good = signWebhook(GATEWAY_SECRET, bodyOf(0), now);
  return [
    { body: bodyOf(1), headers: {} },
    { body: bodyOf(2), headers: signWebhook("a-secret-that-nobody-here-has-ever-heard-of", bodyOf(2), now) },
    { body: bodyOf(3), headers: good },
    { body: `${bodyOf(0)} `, headers: good },
    { body: bodyOf(4), headers: signWebhook(GATEWAY_SECRET, bodyOf(4), later(-STALE_SECONDS)) },
    { body: bodyOf(5), headers: signWebhook(GATEWAY_SECRET, bodyOf(5), later(STALE_SECONDS)) },
    { body: bodyOf(6), headers: { ...signWebhook(GATEWAY_SECRET, bodyOf(6), now), "x-nuan-signature": "" } },
  ];
};

const forge = async (tally: Tally, api: Api, messages: MessageStage): Promise<number> => {
  let sent = 0;
  for (const taken of messages.gateway.log.taken) {
    for (const { body, headers } of forgeriesOf(taken, messages.now())) {
      const response = await fetch(api.url + GATEWAY_RECEIPTS_PATH, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      });
      await response.arrayBuffer();
      tally.ran(response.status === 401);
      sent += 1;
    }
  }
  return sent;
};

const moved = (url: string): Promise<{ receipts: number; moved: number }> =>
  askOne(
    url,
    `select (select count(*) from message_receipts)::int as receipts,
       (select count(*) from messages where state <> 'accepted')::int as moved`,
  );

/** Lost: one that the provider reported and that is not delivered. Doubled: a report stored twice, one that nobody sent. */
const deliver = async (tally: Tally, clone: Clone, api: Api, messages: MessageStage): Promise<number> => {
  const reported = new Set<string>();
  let n = 0;
  // Of every tenth message both reports are lost: it stays accepted.
  const road = { seed: 7, twice: 0.2, shuffled: true };
  const statuses = await messages.gateway.push(api.url, {
    ...road,
    batch: 7,
    only: ({ ref }) => {
      n += 1;
      if (n % 10 === 0) return false;
      reported.add(ref);
      return true;
    },
  });
  for (const status of statuses)
    if (status !== 200) tally.problem(`genuine receipts were answered ${status}`);
  await until("reports are written down", SETTLE_LIMIT_MS, async () => {
    const rows = await ask<{ id: string }>(
      clone.url,
      "select id::text from messages where state = 'delivered'",
    );
    return rows.length >= reported.size ? true : null;
  }).catch(() => undefined);
  const rows = await ask<{ id: string }>(
    clone.url,
    "select id::text from messages where state = 'delivered'",
  );
  const delivered = new Set(rows.map((row) => row.id));
  const { receipts } = await moved(clone.url);
  tally.counted({
    lost: [...reported].filter((ref) => !delivered.has(ref)).length,
    doubled:
      [...delivered].filter((id) => !reported.has(id)).length + Math.max(0, receipts - 2 * reported.size),
  });
  return reported.size;
};

export const receiptsForged: FaultCase = {
  name: "receipts-forged",
  run: async ({ stage, full, say }) => {
    const tally = createTally();
    const clone = await stage.clone("billed");
    const messages = await stageMessages(clone);
    try {
      const api = await startApi(clone, messages.options());
      await messages.queue(full ? MESSAGES.full : MESSAGES.short);
      const worker = startWorker(clone, messages.options());
      await messages.untilSent(worker, SETTLE_LIMIT_MS);
      await worker.stop();
      const sent = await forge(tally, api, messages);
      const after = await moved(clone.url);
      tally.counted({ lost: 0, doubled: after.receipts });
      if (after.moved > 0) tally.problem(`${after.moved} messages were moved by forged receipts`);
      const reported = await deliver(tally, clone, api, messages);
      say(
        `${sent} forged receipts, ${after.moved} messages moved; then ${reported} messages genuinely delivered`,
      );
      await api.stop();
      const defect = api.defect();
      if (defect !== undefined) tally.problem(`a defect in the API's log: ${defect}`);
      tally.counted(messages.count());
      for (const wrong of await incoherences(clone)) tally.problem(wrong);
    } finally {
      await messages.close();
    }
    await clone.drop();
    return tally.result(100);
  },
};
