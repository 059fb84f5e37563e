/** Posts receipts to the API one a request, as a gateway does, for some seconds; answers how many were taken. */
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { connection } from "./connection.ts";

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
const { hostname, port, host } = new URL(options.url);
const until = monotonicMs() + options.seconds * 1000;
await Promise.all(
  Array.from({ length: options.clients }, async () => {
    const gateway = await connection(hostname, Number(port));
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
      const signed = Object.entries(signWebhook(options.secret, body, now))
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("");
      const started = monotonicMs();
      const status = await gateway.send(
        `POST /api/v1/hooks/sms/gateway/receipts HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
          `content-length: ${body.length}\r\n${signed}\r\n${body}`,
      );
      latenciesMs.push(monotonicMs() - started);
      if (status === 200) answered += 1;
      else refused += 1;
    }
    gateway.close();
  }),
);
process.stdout.write(JSON.stringify({ answered, refused, latenciesMs }));
