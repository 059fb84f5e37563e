/** A relay in a process of its own, for tests that kill it: `node relay-process.ts APP_URL together|alone [REDIS_URL]`. */
import { connect } from "#src/platform/database.ts";
import { EVENT_QUEUE, RELAY_SETTINGS, startRelay } from "#src/platform/outbox.ts";
import { openQueues } from "#src/platform/queues.ts";
import { quietLog } from "./quiet-log.ts";
import { queueAnswers } from "./until.ts";

const [databaseUrl, way, redisUrl] = process.argv.slice(2);
if (databaseUrl === undefined) throw new Error("usage: relay-process.ts APP_URL together|alone [REDIS_URL]");
const queues = openQueues({ databaseUrl, redisUrl, log: quietLog });
// A refused round is given back and counts as an attempt, which the test counts.
await queueAnswers(queues);
startRelay(
  {
    database: connect(databaseUrl, { poolSize: 2 }),
    queue: queues.queue(EVENT_QUEUE),
    heardTypes: ["payment.posted"],
    batchedTypes: way === "together" ? ["payment.posted"] : [],
  },
  quietLog,
  { ...RELAY_SETTINGS, leaseMs: 1000 },
);
