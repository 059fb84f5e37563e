/** A whole notice through a provider that answers at once, on both queue backends, against the same states by bare statements; and receipts a second. */
import { spawn } from "node:child_process";
import { Redis } from "ioredis";
import { startRedis, type TestRedis } from "#tests/support/redis.ts";
import { runScript, startApi } from "./payments.ts";
import { type Figure, median, percentile, rounded } from "./support/figure.ts";
import { plantPhones, raiseNotice } from "./support/raise-notice.ts";
import type { SendResult } from "./support/send-messages.ts";
import { type Clone, peakOf, raiseStage, type Stage } from "./support/stage.ts";

const WORKERS = 4;
const CLIENTS = 16;
const SECONDS = 5;
const RECEIPT_SECRET = "bench-gateway-secret-of-at-least-32-characters";

/** The whole town's notice, ready to be sent; answers how many messages it is. */
const queueAll = async (clone: Clone): Promise<number> => {
  const { messages } = await raiseNotice(clone.database, { passesQuietHours: true });
  await clone.database.sql.run("analyze messages");
  return messages;
};

const run = (script: string, options: object): Promise<SendResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(out) as SendResult) : reject(new Error(`${script}: ${code}`)),
    );
  });

const redisPeakMiB = async (redis: TestRedis): Promise<number> => {
  const client = new Redis(redis.url);
  const memory = await client.info("memory");
  client.disconnect();
  return Number(/used_memory_peak:(\d+)/.exec(memory)?.[1] ?? "0") / 1024 / 1024;
};

type Way = "redis" | "postgres" | "bare";

type Sent = SendResult & { readonly perSecond: number };

const sendAll = async (stage: Stage, way: Way, redis: TestRedis): Promise<Sent> => {
  const clone = await stage.clone();
  try {
    const queued = await queueAll(clone);
    const result =
      way === "bare"
        ? await run("bench/support/bare-messages.ts", { url: clone.url, clients: WORKERS })
        : await run("bench/support/send-messages.ts", {
            url: clone.url,
            redisUrl: way === "redis" ? redis.url : null,
            workers: WORKERS,
          });
    const { accepted } = await clone.database.sql.one<{ accepted: number }>(
      "select count(*)::int as accepted from messages where state = 'accepted'",
    );
    if (accepted !== queued || result.sent !== queued) {
      throw new Error(`${way}: ${queued} queued, ${result.sent} sent, ${accepted} accepted`);
    }
    return { ...result, perSecond: (queued / result.ms) * 1000 };
  } finally {
    await clone.drop();
  }
};

const measureSending = async (
  stage: Stage,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const redis = await startRedis();
  try {
    const rates: Record<Way, number[]> = { redis: [], postgres: [], bare: [] };
    const peaks: Record<Way, number> = { redis: 0, postgres: 0, bare: 0 };
    const counts: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of ["redis", "postgres", "bare"] as const) {
        await redis.flush();
        const sent = await sendAll(stage, way, redis);
        rates[way].push(sent.perSecond);
        peaks[way] = Math.max(peaks[way], sent.peakMiB);
        counts.push(sent.sent);
        say(
          `messages ${round}/${rounds} ${way}: ${rounded(sent.perSecond, 4)}/s, ${rounded(sent.ms / 1000)} s`,
        );
      }
    }
    const limit = median(rates.bare);
    const messages = counts[0] ?? 0;
    const redisMiB = rounded(await redisPeakMiB(redis));
    const figure = (name: string, way: "redis" | "postgres", least: number, note: string): Figure => {
      const measured = median(rates[way]);
      const ratio = measured / limit;
      return {
        name: `notice to ${stage.households} homes until accepted, queue on ${name}`,
        measured,
        limit,
        unit: "a second",
        ratio,
        peakMiB: peaks[way],
        target: `ratio >= 0.5, >= ${least} a second`,
        ok: ratio >= 0.5 && measured >= least,
        note: `${messages} messages, ${rounded(messages / measured)} s${note}`,
      };
    };
    // 260,000 within 90 seconds, and within five minutes.
    return [
      figure("Redis", "redis", 2889, `; Redis peak ${redisMiB} MiB`),
      figure("PostgreSQL", "postgres", 867, ""),
    ];
  } finally {
    await redis.stop();
  }
};

const measureReceipts = async (
  stage: Stage,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure> => {
  const clone = await stage.clone();
  try {
    await queueAll(clone);
    await clone.database.sql.run(
      `update messages set state = 'accepted', provider = 'gateway', provider_message_id = 'i-' || id, address = recipient,
         called_at = now(), answered_at = now(), ask_at = now() + interval '1 hour'`,
    );
    const ids = (
      await clone.database.sql.rows<{ id: bigint }>("select id from messages order by hashint8(id)")
    ).map((row) => String(row.id));
    const api = await startApi(clone.url, { SMS_GATEWAY_SECRET: RECEIPT_SECRET });
    const rates: number[] = [];
    const p99s: number[] = [];
    const share = Math.floor(ids.length / rounds);
    for (let round = 0; round < rounds; round += 1) {
      const load = await runScript("bench/support/post-receipts.ts", {
        url: api.url,
        secret: RECEIPT_SECRET,
        ids: ids.slice(round * share, (round + 1) * share).slice(0, 10_000),
        clients: CLIENTS,
        seconds: SECONDS,
        prefix: `r${round}`,
      });
      const kept = await clone.database.sql.one<{ stored: number; delivered: number }>(
        `select count(*)::int as stored, (count(*) filter (where m.state = 'delivered'))::int as delivered
         from message_receipts r join messages m on m.id = r.message_id where r.event_id like :prefix || '-%'`,
        { prefix: `r${round}` },
      );
      if (load.refused > 0 || kept.delivered < load.answered) {
        throw new Error(
          `${load.answered} answered, ${load.refused} refused, ${kept.stored} stored, ${kept.delivered} delivered`,
        );
      }
      const seconds = load.latenciesMs.reduce((sum, ms) => sum + ms, 0) / 1000 / CLIENTS;
      rates.push(load.answered / seconds);
      p99s.push(percentile(load.latenciesMs, 0.99));
      say(
        `receipts ${round + 1}/${rounds}: ${rounded(rates.at(-1) ?? 0, 4)}/s, p99 ${rounded(p99s.at(-1) ?? 0)} ms`,
      );
    }
    const peakMiB = peakOf(api.child.pid ?? 0);
    await api.stop();
    const measured = median(rates);
    return {
      name: `receipts over HTTP, one a request, ${CLIENTS} clients`,
      measured,
      limit: null,
      unit: "a second",
      ratio: null,
      peakMiB,
      target: ">= 1000, none lost",
      ok: measured >= 1000,
      note: `p99 ${rounded(median(p99s))} ms`,
    };
  } finally {
    await clone.drop();
  }
};

export const measureMessages = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, false, plantPhones);
  try {
    const figures = await measureSending(stage, rounds, say);
    return [...figures, await measureReceipts(stage, rounds, say)];
  } finally {
    await stage.close();
  }
};

/** The receipts alone. */
export const measureReceiptsOnly = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, false, plantPhones);
  try {
    return [await measureReceipts(stage, rounds, say)];
  } finally {
    await stage.close();
  }
};
