/** `nuan simulate call`: a newcomer rings the running hotline without any provider. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#src/platform/clock.ts";
import { accountNo, createVoiceTown, CTI_SECRET, tailOf, type VoiceTown } from "#tests/support/voice-town.ts";
import { TEST_SECRET_KEY } from "#tests/support/database.ts";
import { nuan, objectOf } from "./terminal.ts";

let town: VoiceTown;
let env: Record<string, string>;
beforeAll(async () => {
  town = await createVoiceTown(3);
  // The command line has the system's time; an exchange and we must agree within five minutes.
  town.db.clock.set(systemClock.now().toISOString());
  env = {
    DATABASE_URL: town.db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    CTI_SECRET,
    PUBLIC_URL: town.line.url.replace("127.0.0.1", "localhost"),
  };
});
afterAll(() => town.stop());

describe("nuan simulate call", () => {
  test("prints what the caller hears, key by key, and the call is served by itself", async () => {
    const run = await nuan(
      ["simulate", "call", "1", `${accountNo(2)}#`, tailOf(2), "--from", "13999990000", "--json"],
      env,
    );
    expect(run.stderr).toBe("");
    const { heard, callId } = objectOf(run) as {
      callId: string;
      heard: { pressed: string | null; say: string[]; next: string }[];
    };
    expect(heard.map(({ pressed, next }) => [pressed, next])).toEqual([
      [null, "gather"],
      ["1", "gather"],
      [`${accountNo(2)}#`, "gather"],
      [tailOf(2), "gather"],
    ]);
    expect(heard.at(-1)?.say.join("")).toContain("两千零五十二元");
    const call = await town.db.owner.sql.one<{ outcome: string; account: bigint }>(
      "select outcome, account_id as account from calls where provider_call_id = :callId",
      { callId },
    );
    expect(call).toEqual({ outcome: "self-served", account: 2n });
  });

  test("says so when nobody answers", async () => {
    const run = await nuan(["simulate", "call", "--json"], { ...env, PUBLIC_URL: "http://localhost:9" });
    expect(run.code).not.toBe(0);
    expect(run.stderr + run.stdout).toContain("call.no-answer");
  });
});
