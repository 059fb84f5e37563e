/** A payment's client: it sends, and when no answer comes it sends the same again with the same key, as the API asks. */
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Expected } from "./outside.ts";
import { BILL_FEN, CHANNEL } from "./stage.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

export type Payment = Expected & { readonly key: string };

/** A home pays its bill in full. */
export const paymentOf = (serial: string, household: number, key = serial): Payment => ({
  serial,
  key,
  accountNo: plantedAccountNo(household),
  amountFen: BILL_FEN,
});

/** Null: the connection broke before the answer was whole. */
export type Answer = { readonly status: number; readonly body: string };

const PAID_AT = "2026-09-02T08:00:00+08:00";
const ANSWER_LIMIT_MS = 60_000;

/** Sends once. */
export const send = (
  agent: http.Agent,
  url: string,
  token: string,
  payment: Payment,
): Promise<Answer | null> => {
  const body = JSON.stringify({
    accountNo: payment.accountNo,
    amountFen: Number(payment.amountFen),
    channel: CHANNEL,
    serial: payment.serial,
    paidAt: PAID_AT,
  });
  return new Promise((resolve) => {
    const request = http.request(
      `${url}/api/v1/payments`,
      {
        method: "POST",
        agent,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          authorization: `Bearer ${token}`,
          "idempotency-key": payment.key,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.once("close", () =>
          resolve(response.complete ? { status: response.statusCode ?? 0, body: text } : null),
        );
      },
    );
    request.once("error", () => resolve(null));
    request.end(body);
  });
};

/** What a client may take as "not yet": in flight elsewhere, too many, not now. */
const isNotYet = (answer: Answer): boolean =>
  answer.status === 503 ||
  answer.status === 429 ||
  (answer.status === 409 && answer.body.includes('"request.in-flight"'));

export type Persistent = { readonly answer: Answer; readonly retries: number };

/** Sends until there is an answer, to the next of `urls` each time. Throws when none comes within a minute. */
export const payUntilAnswered = async (
  agent: http.Agent,
  urls: readonly string[],
  token: string,
  payment: Payment,
): Promise<Persistent> => {
  const deadline = monotonicMs() + ANSWER_LIMIT_MS;
  for (let retries = 0; ; retries += 1) {
    const url = urls[retries % urls.length] ?? "";
    const answer = await send(agent, url, token, payment);
    if (answer !== null && !isNotYet(answer)) return { answer, retries };
    if (monotonicMs() > deadline) {
      throw new Error(`payment ${payment.serial} got no answer; the last was ${answer?.status ?? "none"}`);
    }
    // The client's pause between two tries; nothing is proved by its length.
    await delay(Math.min(500, 20 * 2 ** retries));
  }
};
