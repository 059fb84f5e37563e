/**
 * The wallet behind one payment gateway (聚合支付). Small and vendor-neutral on purpose: whoever connects a provider writes a
 * bridge of three requests and one report. Both sides sign as platform/webhook-signature says, with WALLET_SECRET; a GET is
 * signed over its path.
 *
 *   POST URL/orders {"orderNo", "channel", "amountFen", "subject", "expiresAt", "notifyUrl", "returnUrl"}
 *     2xx {"payUrl"}: begun, also when it was begun before. 4xx {"code"}: surely not begun. Anything else: unknown
 *   GET  URL/orders/ORDER-NO         {"state": "waiting", "payUrl"} | {"state": "paid", "transactionNo", "amountFen", "paidAt"}
 *     | {"state": "closed"}; 404 {"code": "unknown-order"}: never begun
 *   POST URL/orders/ORDER-NO/close {} as the GET, after it was closed
 *   POST URL/openids, and an order with an openid: see `wechat.ts`
 *   and reports to notifyUrl: {"eventId", "orderNo", "transactionNo", "amountFen", "paidAt"}, until it is answered 2xx
 */
import { z } from "zod";
import type { Clock } from "#src/platform/clock.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import type { WalletBegun, WalletPort, WalletState } from "./port.ts";
import { handOverIn, type WechatPort } from "./wechat.ts";

const TIMEOUT_MS = 8000;
const LONGEST_ANSWER = 64 * 1024;

export type WalletGateway = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly secret: string;
};

const webUrl = z
  .string()
  .max(2000)
  .refine((text) => ["http:", "https:"].includes(URL.parse(text)?.protocol ?? ""), "must be a web address");
export const amountIn = z.int().min(1).max(10_000_000_000).transform(BigInt);
export const transactionIn = z.string().regex(/^[\x21-\x7e]{1,64}$/);
export const instantIn = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const begun = z.looseObject({ payUrl: webUrl });
const begunInWechat = z.looseObject({ handOver: handOverIn });
const person = z.looseObject({ openid: z.string().regex(/^[\x21-\x7e]{1,128}$/) });
const refused = z.looseObject({ code: z.string().regex(/^[\w.:-]{1,60}$/) });
const stateIn = z.discriminatedUnion("state", [
  z.looseObject({ state: z.literal("waiting"), payUrl: webUrl.optional() }),
  z.looseObject({
    state: z.literal("paid"),
    transactionNo: transactionIn,
    amountFen: amountIn,
    paidAt: instantIn,
  }),
  z.looseObject({ state: z.literal("closed") }),
]);

type Answered = { readonly status: number; readonly json: unknown };

/** What went wrong on the way, in words without an address. */
const problemOf = (error: unknown): string =>
  error instanceof Error && error.name === "TimeoutError"
    ? "no answer in time"
    : "the gateway was not reached";

const stateOf = ({ status, json }: Answered): WalletState => {
  if (status === 404 && refused.safeParse(json).data?.code === "unknown-order") return { kind: "closed" };
  const read = status >= 200 && status < 300 ? stateIn.safeParse(json) : undefined;
  if (read?.success !== true) return { kind: "unknown", problem: `the gateway answered ${status}` };
  const { state, ...facts } = read.data;
  if (state === "waiting") return { kind: "waiting", payUrl: (facts as { payUrl?: string }).payUrl ?? null };
  if (state === "closed") return { kind: "closed" };
  const { transactionNo, amountFen, paidAt } = facts as {
    transactionNo: string;
    amountFen: bigint;
    paidAt: Date;
  };
  return { kind: "paid", transactionNo, amountFen, paidAt };
};

/** What was begun, of an answer of success; null when it cannot be read. */
const begunOf = (json: unknown, isInWechat: boolean): WalletBegun | null => {
  if (isInWechat) {
    const read = begunInWechat.safeParse(json);
    return read.success ? { kind: "begun", payUrl: null, handOver: read.data.handOver } : null;
  }
  const read = begun.safeParse(json);
  return read.success ? { kind: "begun", payUrl: read.data.payUrl, handOver: null } : null;
};

export const walletGateway = (
  gateway: WalletGateway,
  clock: Clock,
): WalletPort & Pick<WechatPort, "openidOf"> => {
  const send = async (method: "GET" | "POST", path: string, body?: object): Promise<Answered> => {
    const { pathname } = new URL(gateway.url + path);
    const text = body === undefined ? pathname : JSON.stringify(body);
    const response = await fetch(gateway.url + path, {
      method,
      headers: {
        ...signWebhook(gateway.secret, text, clock.now()),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: text }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (answer.length > LONGEST_ANSWER) throw new Error("the answer is too long");
    try {
      return { status: response.status, json: JSON.parse(answer) as unknown };
    } catch {
      // A proxy's page: the status says all that there is.
      return { status: response.status, json: null };
    }
  };
  const asked = async (method: "GET" | "POST", path: string, body?: object): Promise<WalletState> => {
    try {
      return stateOf(await send(method, path, body));
    } catch (error) {
      return { kind: "unknown", problem: problemOf(error) };
    }
  };
  return {
    begin: async ({ amountFen, expiresAt, ...order }): Promise<WalletBegun> => {
      const body = { ...order, amountFen: Number(amountFen), expiresAt: expiresAt.toISOString() };
      try {
        const { status, json } = await send("POST", "/orders", body);
        if (status >= 200 && status < 300)
          return (
            begunOf(json, order.openid !== undefined) ?? {
              kind: "unknown",
              problem: "its answer could not be read",
            }
          );
        // 408 and 409: it may have it; 429: it has not, and is asked again by whoever tries again.
        if (status < 400 || status >= 500 || status === 408 || status === 409)
          return { kind: "unknown", problem: `the gateway answered ${status}` };
        return { kind: "refused", code: refused.safeParse(json).data?.code ?? `http-${status}` };
      } catch (error) {
        return { kind: "unknown", problem: problemOf(error) };
      }
    },
    openidOf: async (code) => {
      try {
        const { status, json } = await send("POST", "/openids", { code });
        const read = person.safeParse(json);
        if (status >= 200 && status < 300 && read.success) return { kind: "known", openid: read.data.openid };
        return status >= 400 && status < 500 && status !== 408 && status !== 429
          ? { kind: "refused" }
          : { kind: "unknown", problem: `the gateway answered ${status}` };
      } catch (error) {
        return { kind: "unknown", problem: problemOf(error) };
      }
    },
    ask: (orderNo) => asked("GET", `/orders/${orderNo}`),
    close: (orderNo) => asked("POST", `/orders/${orderNo}/close`, {}),
  };
};
