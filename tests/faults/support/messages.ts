/**
 * Messages under fault: a gateway that is simulated over real HTTP and keeps its own log, in which lost and doubled are
 * counted; messages queued by the hundred; and time that passes when a case says so.
 */
import { queueMany } from "#src/messages/messaging/index.ts";
import { cliActor } from "#src/platform/actor.ts";
import { systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { type GatewaySimulator, startGatewaySimulator } from "#tests/support/message-providers/gateway.ts";
import { ask, askOne, type Count } from "./outside.ts";
import type { ProcessOptions, Running } from "./processes.ts";
import type { Clone } from "./stage.ts";
import { until } from "./until.ts";

export const GATEWAY_SECRET = "faults-gateway-secret-of-at-least-32-characters";

/** Numbers as nobody has them: found again wherever one leaks to. */
const numberOf = (n: number): string => String(13_800_100_000 + n);

export type MessageStage = {
  readonly gateway: GatewaySimulator;
  /** The business time. */
  now(): Date;
  /** Settings of a worker that sends through it. */
  options(more?: ProcessOptions): ProcessOptions;
  /** Queues so many to numbers that had none yet; answers their ids. */
  queue(count: number): Promise<readonly string[]>;
  /** Every number that was queued to. */
  numbers(): readonly string[];
  /** The business clock moves on; by less than the window of a signature at once while a worker lives. */
  tick(seconds: number): Promise<void>;
  /** That, and leases run out: for the time between two workers. */
  pass(seconds: number): Promise<void>;
  /** States of all messages with their counts. */
  states(): Promise<Readonly<Record<string, number>>>;
  /** Waits until every message is accepted or further. */
  untilSent(worker: Running, limitMs: number): Promise<void>;
  /** Lost: never taken by the provider. Doubled: taken more than once, or sent again before anybody asked what became of it. */
  count(): Count;
  close(): Promise<void>;
};

const SELECT = `select 'tel:+86' || (13800100000 + n)::text as recipient, null::bigint as person_id,
    null::bigint as account_id, '' as label,
    jsonb_build_object('orderNo', 'W000001', 'slot', '2026-11-21 09:00 - 11:00') as variables
  from generate_series(:fromN::integer, :toN::integer) n`;

export const stageMessages = async (clone: Clone): Promise<MessageStage> => {
  let shiftMs = 0;
  const now = (): Date => new Date(systemClock.now().getTime() + shiftMs);
  const gateway = await startGatewaySimulator({ secret: GATEWAY_SECRET, now });
  const database = connect(clone.url, { poolSize: 2, bulkPoolSize: 1, applicationName: "faults" });
  await database.sql.run("update database_facts set demo = true");
  // What is queued is due by the time that the case plays.
  const commands = createCommands(database, { now });
  let queued = 0;
  const refs: string[] = [];
  const states = async (): Promise<Record<string, number>> => {
    const rows = await ask<{ state: string; n: number }>(
      clone.url,
      "select state, count(*)::int as n from messages group by state order by state",
    );
    return Object.fromEntries(rows.map((row) => [row.state, row.n]));
  };
  const tick = async (seconds: number): Promise<void> => {
    shiftMs += seconds * 1000;
    await ask(
      clone.url,
      "update database_facts set business_clock_offset_seconds = business_clock_offset_seconds + $1",
      [seconds],
    );
  };
  return {
    gateway,
    now,
    options: (more = {}) => ({
      ...more,
      settings: {
        SMS_PROVIDER: "gateway",
        SMS_GATEWAY_URL: gateway.url,
        SMS_GATEWAY_KEY: "faults",
        SMS_GATEWAY_SECRET: GATEWAY_SECRET,
        ...more.settings,
      },
    }),
    queue: async (count) => {
      const step = `faults:${queued}`;
      await commands.run({ name: "faults.queue", actor: cliActor("faults") }, (context) =>
        queueMany(context, {
          purpose: "appointment",
          channel: "sms",
          step,
          regarding: "",
          template: "appointment-made",
          select: SELECT,
          bindings: { fromN: queued, toN: queued + count - 1 },
        }),
      );
      queued += count;
      const rows = await ask<{ id: string }>(clone.url, "select id::text from messages where step = $1", [
        step,
      ]);
      const ids = rows.map((row) => row.id);
      refs.push(...ids);
      return ids;
    },
    numbers: () => Array.from({ length: queued }, (_, n) => numberOf(n)),
    tick,
    pass: async (seconds) => {
      await tick(seconds);
      await ask(
        clone.url,
        "update messages set lease_until = now() - interval '1 second' where state in ('claimed', 'calling')",
      );
    },
    states,
    untilSent: async (worker, limitMs) => {
      const sent = async (): Promise<true | null> => {
        if (!worker.isRunning()) throw new Error(`the worker ended: ${worker.tail()}`);
        const { open } = await askOne<{ open: number }>(
          clone.url,
          `select count(*)::int as open from messages
           where state not in ('accepted', 'delivered', 'undelivered', 'expired')`,
        );
        return open === 0 ? true : null;
      };
      await until("every message is sent", limitMs, sent, 200).catch(async (error: unknown) => {
        throw new Error(`${String(error)}: ${JSON.stringify(await states())}`);
      });
    },
    count: () => ({
      lost: refs.filter((ref) => gateway.log.takenOf(ref).length === 0).length,
      doubled: new Set([...gateway.log.doubled(), ...gateway.log.blind()]).size,
    }),
    close: async () => {
      await database.close();
      await gateway.stop();
    },
  };
};
