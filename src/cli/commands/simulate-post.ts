/** What the simulators of `nuan simulate` share: a signed message to the running API. */
import { fail } from "#src/kernel/errors.ts";
import type { WebhookSender } from "#src/platform/route.ts";
import { readInstance } from "#src/platform/embedded-postgres/index.ts";
import { signingSecret, signWebhook } from "#src/platform/webhook-signature.ts";
import type { CliPlatform } from "../runtime.ts";

const SETTINGS: Readonly<Record<WebhookSender, string>> = {
  cti: "CTI_SECRET",
  dispatch: "DISPATCH_SECRET",
  "sms-gateway": "SMS_GATEWAY_SECRET",
  wallet: "WALLET_SECRET",
};

type Speaker = Pick<CliPlatform, "embedded" | "config" | "publicUrl" | "webhookSecrets" | "clock">;

/** Where the house of this data folder answers, whatever its port; with a database of its own, and while none runs, PUBLIC_URL. */
const urlOf = ({ embedded, config, publicUrl }: Speaker): string =>
  (embedded === "attached" ? readInstance(config.dataDir)?.url : undefined) ?? publicUrl;

/**
 * Posts as this sender would, to the running API.
 * @throws DomainError `webhook.not-set-up`, `call.no-answer`
 */
export const postAs = async (
  platform: Speaker,
  sender: WebhookSender,
  path: string,
  message: object,
): Promise<unknown> => {
  const secret = signingSecret(platform.webhookSecrets?.[sender]);
  if (secret === undefined) {
    fail("webhook.not-set-up", `${sender} has no secret here`, { remedy: `set ${SETTINGS[sender]}` });
  }
  const body = JSON.stringify(message);
  const url = urlOf(platform);
  const response = await fetch(`${url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signWebhook(secret, body, platform.clock.now()) },
    body,
  }).catch(() => fail("call.no-answer", `nothing answers at ${url}`, { remedy: "start it: npm start" }));
  const text = await response.text();
  if (!response.ok) fail("call.no-answer", `${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as unknown;
};
