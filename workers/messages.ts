/**
 * Queue `messages`: sends what is due. A job carries the ids of a few hundred messages and the fence of their claim, nothing
 * of people. Claiming, the janitor's sweep and its questions are loops of every worker process; they take turns by locks.
 */
import { z } from "zod";
import {
  askProviders,
  choosePorts,
  dispatchOnce,
  keepProgramWords,
  messageRenderer,
  SEND_JOB,
  sendBatch,
  type SendDependencies,
  SENDING_SETTINGS,
  sweepMessages,
  VOICE_PROVIDER,
} from "#src/messages/messaging/index.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { type Loop, startLoop } from "#src/platform/outbox.ts";
import { CLAIM_CHECKS } from "./claim-checks.ts";
import type { QueueWorker } from "./queue-worker.ts";
import type { Services } from "./services.ts";

const sendJob = z.object({
  fence: z.string().regex(/^\d+$/).transform(Number),
  ids: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .transform((text) => text.split(",").map(BigInt)),
});

const IDLE_MS = 500;
const BUSY_MS = 25;
const BUSY_FOR_MS = 2000;
const SWEEP_EVERY_MS = 5000;
const ASK_EVERY_MS = 10_000;
const KEEP_WORDS_EVERY_MS = 3_600_000;

type Sending = SendDependencies & { readonly ports: ReturnType<typeof choosePorts> };

/** Ports hold connections: one set a process. */
const dependenciesOf = new WeakMap<Services["platform"], Sending>();
const dependencies = ({ platform, log }: Pick<Services, "platform" | "log">): Sending => {
  const made = dependenciesOf.get(platform) ?? {
    platform,
    ports: choosePorts(platform),
    render: messageRenderer(platform),
    checks: CLAIM_CHECKS,
    log,
  };
  dependenciesOf.set(platform, made);
  return made;
};

export const messagesWorker: QueueWorker = {
  queue: "messages",
  concurrency: SENDING_SETTINGS.jobsAtOnce,
  handlers: { [SEND_JOB]: (services, job) => sendBatch(dependencies(services), sendJob.parse(job.data)) },
};

/** Ends the connections that are kept, after the last job. */
export const closeSending = (services: Pick<Services, "platform" | "log">): void =>
  dependencies(services).ports.close();

/**
 * How long claiming rests after it claimed so many. While messages go out, it looks for room again soon: half a second with a full
 * window would let the workers wait, who send that window in less.
 */
export const claimPace = (): ((claimed: number) => number) => {
  let busyUntil = 0;
  return (claimed) => {
    const now = monotonicMs();
    if (claimed > 0) busyUntil = now + BUSY_FOR_MS;
    return now < busyUntil ? BUSY_MS : IDLE_MS;
  };
};

export const startSending = (services: Services): Loop[] => {
  const { platform, queues, log } = services;
  const { ports } = dependencies(services);
  const providers = { sms: ports.sms.name, email: ports.email.name, voice: VOICE_PROVIDER };
  const queue = queues.queue("messages");
  const pace = claimPace();
  // What a message says can be looked up for ever: nothing is claimed before the words of this release are kept.
  let areWordsKept = false;
  return [
    startLoop("messages-words", log, async () => {
      await keepProgramWords(platform);
      areWordsKept = true;
      return KEEP_WORDS_EVERY_MS;
    }),
    startLoop("messages-claim", log, async () =>
      areWordsKept ? pace(await dispatchOnce({ platform, queue, providers, log })) : IDLE_MS,
    ),
    startLoop("messages-sweep", log, async () => {
      await sweepMessages({ platform, ports, log });
      return SWEEP_EVERY_MS;
    }),
    startLoop("messages-ask", log, async () =>
      (await askProviders({ platform, ports, log })) > 0 ? 0 : ASK_EVERY_MS,
    ),
  ];
};
