/**
 * A load generator in a process of its own: keep-alive HTTP on loopback, closed loop (so many clients, one request each at a
 * time) or open loop (so many requests a second, sent on time whether the last was answered or not).
 */
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

export type LoadOptions = {
  readonly url: string;
  readonly token: string;
  readonly channel: string;
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

const sender = (options: LoadOptions, agent: http.Agent) => {
  let sequence = 0;
  return (): Promise<number> => {
    sequence += 1;
    const serial = `${options.prefix}-${sequence}`;
    const body = JSON.stringify({
      accountNo: plantedAccountNo(1 + ((sequence * 7919) % options.households)),
      amountFen: 100,
      channel: options.channel,
      serial,
      paidAt: PAID_AT,
    });
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${options.url}/api/v1/payments`,
        {
          method: "POST",
          agent,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            authorization: `Bearer ${options.token}`,
            "idempotency-key": serial,
          },
        },
        (response) => {
          response.resume();
          response.once("end", () => resolve(response.statusCode ?? 0));
        },
      );
      request.once("error", reject);
      request.end(body);
    });
  };
};

export const runLoad = async (options: LoadOptions): Promise<LoadResult> => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.rate > 0 ? 64 : options.clients });
  const send = sender(options, agent);
  const latenciesMs: number[] = [];
  let refused = 0;
  const until = monotonicMs() + options.seconds * 1000;
  const one = async (due: number): Promise<void> => {
    const status = await send();
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
  agent.destroy();
  return { answered: latenciesMs.length - refused, refused, latenciesMs };
};

if (process.argv[1]?.endsWith("load.ts")) {
  const options = JSON.parse(process.argv[2] ?? "{}") as LoadOptions;
  const result = await runLoad(options);
  process.stdout.write(JSON.stringify(result));
}
