/** `nuan webhook secret`: what a demo's simulator signs with; a secret that a company has set is never printed. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#src/platform/clock.ts";
import { loadConfig } from "#src/platform/config.ts";
import { type LocatedDatabase, locateDatabase } from "#src/platform/embedded-postgres/index.ts";
import { signWebhook, verifyWebhook } from "#src/platform/webhook-signature.ts";
import { nuan, objectOf } from "./terminal.ts";

const SENDERS = [
  ["cti", "cti", "CTI_SECRET"],
  ["dispatch", "dispatch", "DISPATCH_SECRET"],
  ["sms", "sms-gateway", "SMS_GATEWAY_SECRET"],
] as const;
const SET = "a-secret-that-the-company-has-set-by-itself";

let dataDir: string;
let held: LocatedDatabase;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "nuanyang-webhook-"));
  chmodSync(dataDir, 0o711);
  // The commands attach to it, as they do to `npm start`.
  held = await locateDatabase(loadConfig({ DATA_DIR: dataDir }));
});
afterAll(async () => {
  await held.release();
  rmSync(dataDir, { recursive: true, force: true });
});

describe.each(SENDERS)("of %s", (sender, provider, setting) => {
  test("is the one that the API of this machine takes, whenever it is asked for", async () => {
    const run = await nuan(["webhook", "secret", sender], { DATA_DIR: dataDir });
    expect([run.code, run.stderr]).toEqual([0, ""]);
    const secret = run.stdout.trim();
    expect(secret.length).toBeGreaterThanOrEqual(32);
    const again = objectOf(await nuan(["webhook", "secret", sender, "--json"], { DATA_DIR: dataDir }));
    expect(again).toEqual({ sender, secret });
    const body = Buffer.from("{}");
    const now = systemClock.now();
    const { webhookSecrets } = loadConfig({ DATA_DIR: dataDir });
    const headers = signWebhook(secret, body, now);
    const takers = SENDERS.map(([, other]) => other).filter((other) => {
      try {
        verifyWebhook({ secret: webhookSecrets[other], headers, body, now });
        return true;
      } catch {
        return false;
      }
    });
    expect(takers).toEqual([provider]);
  });

  test("is not printed when it was set", async () => {
    const run = await nuan(["webhook", "secret", sender, "--json"], { DATA_DIR: dataDir, [setting]: SET });
    expect(run.code).toBe(1);
    expect(objectOf(run)).toMatchObject({
      code: "webhook.not-derived",
      field: "sender",
      facts: { setting },
    });
    expect(run.stdout + run.stderr).not.toContain(SET);
  });

  test("is not printed with a database of the company's own", async () => {
    const env = { DATABASE_URL: held.ownerUrl, SECRET_KEY: "k".repeat(40), DATA_DIR: dataDir };
    const run = await nuan(["webhook", "secret", sender, "--json"], env);
    expect([run.code, objectOf(run)["code"]]).toEqual([1, "webhook.not-derived"]);
  });
});

test("an unknown sender is wrong usage", async () => {
  expect((await nuan(["webhook", "secret", "bank"], { DATA_DIR: dataDir })).code).toBe(2);
});
