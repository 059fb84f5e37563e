/** Posts receipts to the API one a request, as a gateway does, for some seconds; answers how many were taken. */
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";

export type ReceiptOptions = {
  readonly url: string;
  readonly secret: string;
  readonly ids: readonly string[];
  readonly clients: number;
  readonly seconds: number;
  readonly prefix: string;
};

const options = JSON.parse(process.argv[2] ?? "{}") as ReceiptOptions;
const latenciesMs: number[] = [];
let next = 0;
let answered = 0;
let refused = 0;
const until = monotonicMs() + options.seconds * 1000;
await Promise.all(
  Array.from({ length: options.clients }, async () => {
    for (let n = next++; monotonicMs() < until && n < options.ids.length; n = next++) {
      const messageId = options.ids[n] ?? "";
      const now = systemClock.now();
      const receipt = {
        eventId: `${options.prefix}-${messageId}`,
        id: `i-${messageId}`,
        messageId,
        state: "delivered",
        code: "DELIVRD",
        at: now.toISOString(),
      };
      const body = JSON.stringify({ receipts: [receipt] });
      const started = monotonicMs();
      const response = await fetch(`${options.url}/api/v1/hooks/sms/gateway/receipts`, {
        method: "POST",
        headers: { "content-type": "application/json", ...signWebhook(options.secret, body, now) },
        body,
      });
      await response.arrayBuffer();
      latenciesMs.push(monotonicMs() - started);
      if (response.ok) answered += 1;
      else refused += 1;
    }
  }),
);
process.stdout.write(JSON.stringify({ answered, refused, latenciesMs }));
