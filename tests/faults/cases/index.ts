/** Every fault that the program has to survive, in the order in which they are tried. */
import type { FaultCase } from "../support/fault-case.ts";
import { apiKilledAfterCommit } from "./api-killed-after-commit.ts";
import { apiKilledBeforeCommit } from "./api-killed-before-commit.ts";
import { areaTakenAway } from "./area-taken-away.ts";
import { billRunKilledAtFailpoints } from "./bill-run-killed-at-failpoints.ts";
import { billRunKilledAtRandom } from "./bill-run-killed-at-random.ts";
import { coldDayRouted } from "./cold-day-routed.ts";
import { databaseRestarted } from "./database-restarted.ts";
import { identicalCallEvents } from "./identical-call-events.ts";
import { forgedMessages } from "./forged-messages.ts";
import { emergencyKilled } from "./emergency-killed.ts";
import { identicalPayments } from "./identical-payments.ts";
import { importKilledAtFailpoints } from "./import-killed-at-failpoints.ts";
import { importKilledAtRandom } from "./import-killed-at-random.ts";
import { mailboxKilled } from "./mailbox-killed.ts";
import { mailCut } from "./mail-cut.ts";
import { messagesHeldUp } from "./messages-held-up.ts";
import { messagesKilled } from "./messages-killed.ts";
import { messagesLimited } from "./messages-limited.ts";
import { messagesRedisLost } from "./messages-redis-lost.ts";
import { noticeFanOutKilled } from "./notice-fan-out-killed.ts";
import { noticeRolled } from "./notice-rolled.ts";
import { numbersKept } from "./numbers-kept.ts";
import { paidBeforeCall } from "./paid-before-call.ts";
import { receiptsForged } from "./receipts-forged.ts";
import { redisDown } from "./redis-down.ts";
import { redisLost } from "./redis-lost.ts";
import { relayKilled } from "./relay-killed.ts";
import { routingKilled } from "./routing-killed.ts";
import { routingRedisFlushed } from "./routing-redis-flushed.ts";
import { routingTableHole } from "./routing-table-hole.ts";
import { twoAgentsOneCase } from "./two-agents-one-case.ts";
import { webhooksForged } from "./webhooks-forged.ts";

export const cases: readonly FaultCase[] = [
  apiKilledBeforeCommit,
  apiKilledAfterCommit,
  identicalPayments,
  identicalCallEvents,
  importKilledAtFailpoints,
  importKilledAtRandom,
  billRunKilledAtFailpoints,
  billRunKilledAtRandom,
  databaseRestarted,
  relayKilled,
  noticeFanOutKilled,
  noticeRolled,
  emergencyKilled,
  twoAgentsOneCase,
  webhooksForged,
  receiptsForged,
  redisLost,
  redisDown,
  routingKilled,
  routingRedisFlushed,
  routingTableHole,
  areaTakenAway,
  mailboxKilled,
  forgedMessages,
  messagesKilled,
  paidBeforeCall,
  messagesHeldUp,
  messagesRedisLost,
  numbersKept,
  messagesLimited,
  mailCut,
  coldDayRouted,
];
