/**
 * Sending for tests: a town, a gateway that is simulated over real HTTP, and a queue that keeps its jobs until a test has them
 * worked. Everything between is ours.
 */
import {
  askProviders,
  choosePorts,
  type ClaimCheck,
  dispatchOnce,
  messageRenderer,
  type NewMessage,
  queueMessage,
  recordReceipts,
  type Receipt,
  type RenderMessage,
  sendBatch,
  type SendDependencies,
  SENDING_SETTINGS,
  type SendingSettings,
  sweepMessages,
  VOICE_PROVIDER,
} from "#src/messages/messaging/index.ts";
import { day } from "#src/kernel/day.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { JobQueue, NewJob } from "#src/platform/queues.ts";
import type { Platform } from "#src/platform/route.ts";
import { accessAccount, setPerson } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { type GatewaySimulator, startGatewaySimulator } from "./message-providers/gateway.ts";
import type { Taken } from "./message-providers/behaviour.ts";
import { platformOf } from "./people.ts";
import { quietLog } from "./quiet-log.ts";
import { buildSmallTown, openTestAccount, type SmallTown } from "./small-town.ts";

const SECRET = "gateway-secret-of-at-least-32-characters-long";

/** A queue that only holds what is rung. */
const heldQueue = (): JobQueue & { readonly jobs: NewJob[]; down: boolean } => {
  const jobs: NewJob[] = [];
  const queue = {
    jobs,
    down: false,
    addAll: async (more: readonly NewJob[]) => {
      if (queue.down) throw new Error("the queue is down");
      jobs.push(...more);
    },
    pending: async () => new Set<string>(),
    waitingCount: async () => jobs.length,
    tick: async () => undefined,
  };
  return queue;
};

export type SentRow = {
  readonly id: bigint;
  readonly state: string;
  readonly reason: string;
  readonly attempts: number;
  readonly fence: number;
  readonly provider: string;
  readonly providerMessageId: string | null;
  readonly notBefore: Date;
  readonly askAt: Date | null;
  readonly decideSince: Date | null;
};

export type SendingTown = {
  readonly db: TestDatabase;
  readonly town: SmallTown;
  readonly platform: Platform;
  readonly gateway: GatewaySimulator;
  readonly queue: ReturnType<typeof heldQueue>;
  readonly dependencies: SendDependencies;
  /** Checks of other rooms; a test adds its own. */
  readonly checks: ClaimCheck[];
  settings: SendingSettings;
  run<T>(work: (context: CommandContext) => Promise<T>): Promise<T>;
  /** An account with an owner of this number. */
  home(accountNo: string, number: string): Promise<{ readonly accountId: bigint; readonly personId: bigint }>;
  /** An SMS about an appointment, or what a test makes of it. */
  queueOne(message?: Partial<NewMessage>): Promise<bigint>;
  claim(): Promise<NewJob[]>;
  work(jobs: readonly NewJob[]): Promise<void>;
  /** Claims and sends what is due, until nothing is. */
  sendDue(): Promise<void>;
  sweep(): ReturnType<typeof sweepMessages>;
  ask(): Promise<number>;
  receipts(receipts: readonly Receipt[]): ReturnType<typeof recordReceipts>;
  /** The reports of a taken message, as the gateway's adapter gives them to us. */
  reportsOf(taken: Taken): Receipt[];
  row(id: bigint): Promise<SentRow>;
  rows<T>(sql: string, bindings?: Readonly<Record<string, unknown>>): Promise<T[]>;
  close(): Promise<void>;
};

const ROW = `select id, state, reason, attempts, fence, provider, provider_message_id as "providerMessageId",
  not_before as "notBefore", ask_at as "askAt", decide_since as "decideSince" from messages where id = :id`;

export const claimOf = (job: NewJob): { fence: number; ids: bigint[] } => ({
  fence: Number(job.data["fence"]),
  ids: (job.data["ids"] ?? "").split(",").map(BigInt),
});

const openHome = async (
  db: TestDatabase,
  town: SmallTown,
  accountNo: string,
  number: string,
): Promise<{ accountId: bigint; personId: bigint }> => {
  const { accountId } = await openTestAccount(db, town, accountNo);
  const { result } = await db.commands.run({ name: "test.person", actor: db.actor }, async (context) =>
    setPerson(context, {
      account: await accessAccount(context.sql, db.actor, accountNo, context.today),
      role: "owner",
      kind: "person",
      name: `住户${accountNo}`,
      phones: [{ number }],
      from: day("2026-02-01"),
      source: "test",
    }),
  );
  return { accountId, personId: result.personId };
};

export const createSendingTown = async (
  at = "2026-11-20T10:00:00+08:00",
  options: { readonly render?: RenderMessage } = {},
): Promise<SendingTown> => {
  const db = await createTestDatabase(at);
  const town = await buildSmallTown(db);
  const gateway = await startGatewaySimulator({ secret: SECRET, now: () => db.clock.now() });
  const platform: Platform = {
    ...platformOf(db),
    webhookSecrets: { "sms-gateway": SECRET },
    messages: {
      smsProvider: "gateway",
      signature: "暖阳供热",
      gateway: { url: gateway.url, key: "test", receipts: "push", templates: "optional" },
      messagingServiceSid: undefined,
      twilioApiUrl: undefined,
      smtp: undefined,
    },
  };
  const ports = choosePorts(platform);
  const checks: ClaimCheck[] = [];
  const render = options.render ?? messageRenderer(platform);
  const dependencies: SendDependencies = { platform, ports, render, checks, log: quietLog };
  const queue = heldQueue();
  const providers = { sms: ports.sms.name, email: ports.email.name, voice: VOICE_PROVIDER };
  let step = 0;
  const made: SendingTown = {
    db,
    town,
    platform,
    gateway,
    queue,
    dependencies,
    checks,
    settings: SENDING_SETTINGS,
    run: async (work) => (await db.commands.run({ name: "test", actor: db.actor }, work)).result,
    home: (accountNo, number) => openHome(db, town, accountNo, number),
    queueOne: (message = {}) =>
      made.run(async (context) => {
        step += 1;
        const queued = await queueMessage(context, {
          purpose: "appointment",
          channel: "sms",
          to: { number: "13812348000" },
          template: "appointment-made",
          variables: { orderNo: "W000001", slot: "2026-11-21 09:00 - 11:00" },
          uniqueKey: `test:${step}`,
          ...message,
        });
        return queued.messageId;
      }),
    claim: async () => {
      await dispatchOnce({ platform, queue, providers, log: quietLog }, made.settings);
      return queue.jobs.splice(0);
    },
    work: async (jobs) => {
      for (const job of jobs) await sendBatch(dependencies, claimOf(job), made.settings);
    },
    sendDue: async () => {
      for (let jobs = await made.claim(); jobs.length > 0; jobs = await made.claim()) await made.work(jobs);
    },
    sweep: () => sweepMessages({ platform, ports, log: quietLog }, made.settings),
    ask: () => askProviders({ platform, ports, log: quietLog }),
    receipts: (receipts) => made.run((context) => recordReceipts(context, receipts)),
    reportsOf: (taken) =>
      gateway.reportsOf(taken).map((report) => ({
        provider: "gateway",
        eventId: report.eventId,
        providerMessageId: report.id,
        messageId: BigInt(report.messageId),
        state: report.state,
        code: report.code ?? "",
        at: new Date(report.at),
        segments: report.segments ?? null,
        costMilliFen: report.costMilliFen === undefined ? null : BigInt(report.costMilliFen),
      })),
    row: (id) => db.database.sql.one<SentRow>(ROW, { id }),
    rows: (sql, bindings) => db.owner.sql.rows(sql, bindings),
    close: async () => {
      ports.close();
      await gateway.stop();
      await db.drop();
    },
  };
  return made;
};
