/** What the payment gateway reports: money that was paid for one of our orders. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { systemActor } from "#src/platform/actor.ts";
import { defineRoute, type Platform, type Route } from "#src/platform/route.ts";
import { readWebhookBody, verifyWebhook, type WebhookHeaders } from "#src/platform/webhook-signature.ts";
import { amountIn, instantIn, transactionIn } from "./gateway.ts";
import { insertWalletEvent } from "./order-queries.ts";
import { settleWalletOrder, WALLET_PATH } from "./orders.ts";

const reportIn = z.strictObject({
  /** The gateway's own id of this report; the same id is the same report. */
  eventId: transactionIn,
  orderNo: z.string().regex(/^[A-Z0-9]{10,32}$/),
  transactionNo: transactionIn,
  amountFen: amountIn,
  paidAt: instantIn,
});

/** @throws DomainError those of `verifyWebhook`, `request.unreadable` */
const readReport = (platform: Platform, headers: WebhookHeaders, raw: Buffer) => {
  verifyWebhook({
    secret: platform.webhookSecrets?.wallet,
    headers,
    body: raw,
    now: platform.clock.now(),
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    return fail("request.unreadable", "the report is not JSON in UTF-8");
  }
  const read = reportIn.safeParse(parsed);
  return read.success
    ? read.data
    : fail("request.unreadable", "the report is not {eventId, orderNo, transactionNo, amountFen, paidAt}", {
        field: read.error.issues[0]?.path.map(String).join(".") ?? "body",
      });
};

export const walletCallbackRoute: Route = defineRoute({
  method: "post",
  path: WALLET_PATH,
  permission: "public",
  tag: "Collection 收费",
  summary:
    "The payment gateway reports a paid order; signed over the raw body, the same report again changes nothing",
  consumes: "raw",
  response: z.object({ taken: z.literal(true) }),
  handle: async ({ platform, headers, requestId }, stream) => {
    const raw = await readWebhookBody(stream);
    const report = readReport(platform, headers, raw);
    const { eventId, orderNo } = report;
    await platform.commands.run(
      { name: "wallet.take-report", actor: systemActor("wallet"), requestId },
      async (context) => {
        const body = raw.toString("utf8");
        await insertWalletEvent(context.sql, { eventId, body, now: context.now });
      },
    );
    // Also when it came before: what stopped its first arrival half way may be gone.
    if (!(await settleWalletOrder(platform, orderNo, report, requestId))) {
      fail("wallet.order-not-found", "this order is none of ours", { field: "orderNo" });
    }
    return { body: { taken: true as const } };
  },
});
