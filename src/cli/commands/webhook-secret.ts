/** `nuan webhook secret SENDER`: the secret that a demo derives for its simulators, for whoever owns this machine's data. */
import { Argument, type Command } from "commander";
import { fail } from "#src/kernel/errors.ts";
import type { Config } from "#src/platform/config.ts";
import { signingSecret } from "#src/platform/webhook-signature.ts";
import type { CliRuntime } from "../runtime.ts";
import { group } from "./group.ts";

const SENDERS = { cti: "cti", dispatch: "dispatch", sms: "sms-gateway" } as const;
const SETTINGS = { cti: "CTI_SECRET", dispatch: "DISPATCH_SECRET", sms: "SMS_GATEWAY_SECRET" } as const;
type Sender = keyof typeof SENDERS;

/**
 * With a database of the company's own nothing is derived, and what was set is never printed.
 * @throws DomainError `webhook.not-derived`
 */
const derivedSecret = (config: Config, env: CliRuntime["env"], sender: Sender): string => {
  const setting = SETTINGS[sender];
  const secret = signingSecret(config.webhookSecrets[SENDERS[sender]]);
  if (config.databaseUrl !== undefined || (env[setting] ?? "") !== "" || secret === undefined) {
    fail("webhook.not-derived", "only the secret that the embedded database derives is shown", {
      field: "sender",
      remedy: `take it from where ${setting} is set`,
      facts: { setting },
    });
  }
  return secret;
};

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "webhook")
    .command("secret")
    .description("print the secret with which a demo's sender signs (embedded database only)")
    .addArgument(new Argument("<sender>", "who signs").choices(Object.keys(SENDERS)))
    .action(async (sender: Sender) => {
      await cli.runOnServer(
        async ({ config }) => ({ sender, secret: derivedSecret(config, cli.env, sender) }),
        ({ secret }) => secret,
      );
    });
};
