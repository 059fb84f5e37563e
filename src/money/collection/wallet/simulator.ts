/**
 * Stands where a payment gateway and its wallets stand (模拟支付网关), for a demo and for tests: takes orders as `gateway.ts` says,
 * shows the payer a page, and reports what was paid. It holds all of it in memory, and money of nobody.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { DomainError } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import { readWebhookBody, signWebhook, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { pageOf, STYLE } from "./simulator-page.ts";
import { createWechatSimulator, type WechatSimulator } from "./simulator-wechat.ts";

const orderIn = z.looseObject({
  orderNo: z.string().regex(/^[A-Z0-9]{10,32}$/),
  amountFen: z.int().min(1),
  subject: z.string().max(200),
  notifyUrl: z.string().max(500),
  returnUrl: z.string().max(500),
  openid: z.string().min(1).max(128).optional(),
});

type Order = z.output<typeof orderIn> & {
  state: "waiting" | "paid" | "closed";
  transactionNo: string;
  paidAt: Date | null;
};

export type WalletSimulatorOptions = {
  readonly secret: string;
  readonly now: () => Date;
  /** Where a browser reaches it, without a slash at the end. */
  readonly publicUrl: string;
  /** Where the household's page stands; by default at the same origin. WeChat sends browsers back there and nowhere else. */
  readonly houseOrigin?: string;
  /** Posts one report; throws when it was not taken. */
  readonly report: (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<void>;
};

export type WalletSimulator = {
  handle(request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): Promise<void>;
  /** As if the payer had pressed the button; the report is sent unless it shall be lost. For tests. */
  pay(orderNo: string, options?: { readonly loseReport?: boolean }): Promise<void>;
  /** From now on nothing is answered, as a gateway that is down; or again. */
  setSilent(silent: boolean): void;
};

const postReport: WalletSimulatorOptions["report"] = async (url, body, headers) => {
  const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`the report was answered ${answer.status}`);
};

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(body);
};
const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response, status, "application/json", JSON.stringify(body));

/** The orders that the simulator holds, and what becomes of them. */
const keepOrders = ({ secret, now, publicUrl, report }: WalletSimulatorOptions, wechat: WechatSimulator) => {
  const orders = new Map<string, Order>();

  const stateOf = (order: Order): object =>
    order.state === "waiting"
      ? {
          state: order.state,
          ...(order.openid === undefined && { payUrl: `${publicUrl}/pay/${order.orderNo}` }),
        }
      : {
          state: order.state,
          ...(order.state === "paid" && {
            transactionNo: order.transactionNo,
            amountFen: order.amountFen,
            paidAt: order.paidAt?.toISOString(),
          }),
        };

  const pay: WalletSimulator["pay"] = async (orderNo, { loseReport = false } = {}) => {
    const order = orders.get(orderNo);
    if (order?.state !== "waiting") return;
    order.state = "paid";
    order.paidAt = now();
    if (loseReport) return;
    const { transactionNo, amountFen, paidAt } = order;
    const body = JSON.stringify({
      eventId: `${transactionNo}-paid`,
      orderNo,
      transactionNo,
      amountFen,
      paidAt: paidAt.toISOString(),
    });
    const type = { "content-type": "application/json" };
    await report(order.notifyUrl, body, { ...type, ...signWebhook(secret, body, now()) });
  };

  const take = (body: Buffer): { readonly status: number; readonly body: object } => {
    const read = orderIn.safeParse(JSON.parse(body.toString("utf8")));
    if (!read.success) return { status: 400, body: { code: "unreadable" } };
    // The same number is taken once.
    const order: Order = orders.get(read.data.orderNo) ?? {
      ...read.data,
      state: "waiting",
      transactionNo: `SIM${newSecret(12)}`,
      paidAt: null,
    };
    orders.set(order.orderNo, order);
    return order.openid === undefined
      ? { status: 201, body: { payUrl: `${publicUrl}/pay/${order.orderNo}` } }
      : { status: 201, body: { handOver: wechat.handOver(order.orderNo) } };
  };

  return { find: (orderNo: string) => orders.get(orderNo), stateOf, pay, take };
};
type Orders = ReturnType<typeof keepOrders>;

const payerActs = async (
  orders: Orders,
  order: Order,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (request.method !== "POST") return send(response, 200, "text/html; charset=utf-8", pageOf(order));
  const act = new URLSearchParams((await readWebhookBody(request)).toString("utf8")).get("act");
  if (act === "close" && order.state === "waiting") order.state = "closed";
  else if (act === "pay" || act === "lose") await orders.pay(order.orderNo, { loseReport: act === "lose" });
  response.writeHead(303, { location: order.returnUrl });
  response.end();
};

/** What WeChat's browser does: asks who sits in it, and pays with what the page gave it (`act`: `pay`, or `lose` the report). */
const browserActs = async (
  orders: Orders,
  wechat: WechatSimulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://simulator");
  if (pathname === "/oauth/authorize") {
    const back = wechat.returnAddress(searchParams);
    if (back === null) return sendJson(response, 400, { code: "redirect-refused" });
    response.writeHead(302, { location: back });
    response.end();
    return;
  }
  const given = new URLSearchParams((await readWebhookBody(request)).toString("utf8"));
  const orderNo = pathname === "/jsapi/pay" ? wechat.orderOf(given) : null;
  if (orderNo === null) return sendJson(response, 400, { code: "sign-refused" });
  await orders.pay(orderNo, { loseReport: given.get("act") === "lose" });
  sendJson(response, 200, { paid: true });
};

export const createWalletSimulator = (
  options: Omit<WalletSimulatorOptions, "report"> & Partial<Pick<WalletSimulatorOptions, "report">>,
): WalletSimulator => {
  const { secret, now, report = postReport } = options;
  const houseOrigin = options.houseOrigin ?? new URL(options.publicUrl).origin;
  const wechat = createWechatSimulator({ secret, now, houseOrigin });
  const orders = keepOrders({ ...options, report }, wechat);
  let silent = false;

  const serve: WalletSimulator["handle"] = async (request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (path === "/pay/style.css") return send(response, 200, "text/css; charset=utf-8", STYLE);
    const shown = orders.find(/^\/pay\/([A-Z0-9]+)$/.exec(path)?.[1] ?? "");
    if (shown !== undefined) return payerActs(orders, shown, request, response);
    if (path.startsWith("/oauth/") || path.startsWith("/jsapi/"))
      return browserActs(orders, wechat, request, response);
    if (silent) return sendJson(response, 503, { code: "down" });
    const isGet = request.method === "GET";
    // A GET is signed over its whole path, as it was asked for.
    const signed = (request.originalUrl ?? request.url ?? "/").split("?")[0] ?? "/";
    const body = isGet ? Buffer.from(signed) : await readWebhookBody(request);
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    verifyWebhook({ secret, headers, body, now: now() });
    if (!isGet && path === "/openids") {
      const { code } = z.object({ code: z.string() }).parse(JSON.parse(body.toString("utf8")));
      const openid = wechat.openidOf(code);
      return openid === null
        ? sendJson(response, 400, { code: "code-refused" })
        : sendJson(response, 200, { openid });
    }
    if (!isGet && path === "/orders") {
      const made = orders.take(body);
      return sendJson(response, made.status, made.body);
    }
    const [, orderNo = "", close] = /^\/orders\/([A-Z0-9]+)(\/close)?$/.exec(path) ?? [];
    const order = orders.find(orderNo);
    if (order === undefined) return sendJson(response, 404, { code: "unknown-order" });
    if (close !== undefined && order.state === "waiting") order.state = "closed";
    return sendJson(response, 200, orders.stateOf(order));
  };

  return {
    pay: orders.pay,
    setSilent: (to) => {
      silent = to;
    },
    handle: async (request, response) => {
      try {
        await serve(request, response);
      } catch (error) {
        if (response.headersSent) throw error;
        const isRefusal = error instanceof DomainError;
        sendJson(response, isRefusal ? 401 : 500, { code: isRefusal ? error.code : "failed" });
      }
    },
  };
};
