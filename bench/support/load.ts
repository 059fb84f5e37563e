/**
 * A load generator in a process of its own: keep-alive HTTP on loopback, closed loop (so many clients, one request each at a
 * time) or open loop (so many requests a second, sent on time whether the last was answered or not).
 */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { connection } from "./connection.ts";

export type LoadOptions = {
  readonly url: string;
  readonly token: string;
  /** What is sent: payments of this channel, or cases. */
  readonly channel: string | null;
  readonly households: number;
  readonly seconds: number;
  /** Serials start with it: two loads on one database never meet. */
  readonly prefix: string;
  readonly clients: number;
  /** Requests a second in an open loop; 0 = closed loop. */
  readonly rate: number;
};

export type LoadResult = {
  readonly answered: number;
  readonly refused: number;
  readonly latenciesMs: number[];
};

const PAID_AT = "2026-09-02T08:00:00+08:00";

const requests = (options: LoadOptions) => {
  const url = new URL(options.url);
  let sequence = 0;
  return (): string => {
    sequence += 1;
    const serial = `${options.prefix}-${sequence}`;
    const accountNo = plantedAccountNo(1 + ((sequence * 7919) % options.households));
    const isPayment = options.channel !== null;
    const body = JSON.stringify(
      isPayment
        ? { accountNo, amountFen: 100, channel: options.channel, serial, paidAt: PAID_AT }
        : {
            accountNo,
            category: "fault.radiator",
            channel: "phone",
            summary: serial,
            fields: { rooms: "north" },
          },
    );
    return (
      `POST /api/v1/${isPayment ? "payments" : "tickets"} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\nauthorization: Bearer ${options.token}\r\nidempotency-key: ${serial}\r\n\r\n${body}`
    );
  };
};

export const runLoad = async (options: LoadOptions): Promise<LoadResult> => {
  const url = new URL(options.url);
  const next = requests(options);
  const open = () => connection(url.hostname, Number(url.port));
  const idle = await Promise.all(Array.from({ length: options.rate > 0 ? 16 : options.clients }, open));
  const latenciesMs: number[] = [];
  let refused = 0;
  const until = monotonicMs() + options.seconds * 1000;
  const one = async (due: number): Promise<void> => {
    const client = idle.pop() ?? (await open());
    const status = await client.send(next());
    idle.push(client);
    latenciesMs.push(monotonicMs() - due);
    if (status !== 201) refused += 1;
  };
  if (options.rate === 0) {
    await Promise.all(
      Array.from({ length: options.clients }, async () => {
        while (monotonicMs() < until) await one(monotonicMs());
      }),
    );
  } else {
    const waiting: Promise<void>[] = [];
    const gap = 1000 / options.rate;
    for (let due = monotonicMs(); due < until; due += gap) {
      const wait = due - monotonicMs();
      if (wait > 0) await delay(wait);
      // Latency counts from when the request was due, so a stall cannot hide.
      waiting.push(one(due));
    }
    await Promise.all(waiting);
  }
  for (const client of idle) client.close();
  return { answered: latenciesMs.length - refused, refused, latenciesMs };
};

if (process.argv[1]?.endsWith("load.ts")) {
  const options = JSON.parse(process.argv[2] ?? "{}") as LoadOptions;
  const result = await runLoad(options);
  process.stdout.write(JSON.stringify(result));
}
