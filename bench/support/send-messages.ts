/** Sends every queued message through a provider that answers at once, in a process of its own: claiming, queue, re-read, words, states. */
import { setTimeout as delay } from "node:timers/promises";
import {
  dispatchOnce,
  type MessagePorts,
  messageRenderer,
  SEND_JOB,
  sendBatch,
  type SendDependencies,
} from "#src/messages/messaging/index.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { openQueues } from "#src/platform/queues.ts";
import type { Platform } from "#src/platform/route.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { CLAIM_CHECKS } from "#workers/claim-checks.ts";
import { claimPace } from "#workers/messages.ts";
import { peakOf, SECRET_KEY } from "./stage.ts";

export type SendOptions = {
  readonly url: string;
  readonly redisUrl: string | null;
  readonly workers: number;
};
export type SendResult = { readonly ms: number; readonly sent: number; readonly peakMiB: number };

let calls = 0;
const instant = {
  name: "instant",
  receipts: true,
  concurrency: 16,
  send: async () => {
    calls += 1;
    return { kind: "accepted", providerMessageId: `i-${calls}`, segments: 1, costMilliFen: 4500n } as const;
  },
  ask: async () => null,
};
const ports: MessagePorts = { sms: instant, email: instant };

const options = JSON.parse(process.argv[2] ?? "{}") as SendOptions;
const database = connect(options.url, { poolSize: 20, bulkPoolSize: 1 });
const platform: Platform = {
  database,
  commands: createCommands(database, systemClock),
  clock: systemClock,
  secretKey: SECRET_KEY,
  publicUrl: "http://localhost:3000",
};
const queues = openQueues({
  databaseUrl: options.url,
  redisUrl: options.redisUrl ?? undefined,
  log: quietLog,
});
const queue = queues.queue("messages");
const dependencies: SendDependencies = {
  platform,
  ports,
  render: messageRenderer(platform),
  checks: CLAIM_CHECKS,
  log: quietLog,
};
const worker = queues.work(
  "messages",
  async ({ name, data }) => {
    if (name !== SEND_JOB) throw new Error(`an unknown job ${name}`);
    await sendBatch(dependencies, {
      fence: Number(data["fence"]),
      ids: (data["ids"] ?? "").split(",").map(BigInt),
    });
  },
  options.workers,
);
const providers = { sms: "instant", email: "instant", voice: "telephony" };
// A queue that is still connecting refuses at once.
while (
  !(await queue.waitingCount().then(
    () => true,
    () => false,
  ))
)
  await delay(25);
const started = monotonicMs();
const pace = claimPace();
for (;;) {
  const claimed = await dispatchOnce({ platform, queue, providers, log: quietLog });
  // As the worker does it, and looks for the end where the worker would rest.
  const restMs = pace(claimed);
  if (claimed > 0) {
    await delay(restMs);
    continue;
  }
  const { open } = await database.sql.one<{ open: boolean }>(
    `select exists (select from messages where state = 'queued') or exists (select from messages where lease_until is not null)
       as open`,
  );
  if (!open) break;
  await delay(restMs);
}
const ms = monotonicMs() - started;
await worker.close(5000);
await queues.close();
await database.close();
const { pid } = process;
process.stdout.write(JSON.stringify({ ms, sent: calls, peakMiB: peakOf(pid) } satisfies SendResult));
process.exit(0);
