/** What the menu refuses, and what it keeps to itself: replays, forgeries, and every trace of a caller. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import {
  deliver,
  newCallSid,
  ring,
  signForm,
  TWILIO,
  type TwilioCall,
} from "#tests/support/twilio-caller.ts";
import { accountNo, createVoiceTown, tailOf, type VoiceTown } from "#tests/support/voice-town.ts";
import { startEdge } from "./edge.ts";

const STRANGER = "+8613999990000";

let town: VoiceTown;
beforeAll(async () => {
  town = await createVoiceTown(20);
});
afterAll(() => town.stop());

const prove = async (call: TwilioCall, home: number): Promise<void> => {
  await call.press(accountNo(home));
  await call.press(tailOf(home));
};

describe("what came before", () => {
  test("the same message again gets the same reply, a minute later it is stale", async () => {
    const call = await ring(town.line, STRANGER);
    await call.press("1");
    await prove(call, 14);
    const heard = call.heard().say;
    const again = await deliver(town.line, call.lastSent());
    expect(again.status).toBe(200);
    expect(await again.text()).toContain(heard[0] ?? "-");
    town.db.clock.advanceMs(60_000);
    expect((await deliver(town.line, call.lastSent())).status).toBe(401);
  });

  test("an earlier step, or a call that is over, tells nothing any more", async () => {
    const call = await ring(town.line, STRANGER);
    const first = call.lastSent();
    await call.press("1");
    await call.press(accountNo(15));
    const named = call.lastSent();
    await call.press(tailOf(15));
    expect((await deliver(town.line, named)).status).toBe(401);
    expect((await deliver(town.line, first)).status).toBe(401);
    const told = call.lastSent();
    await call.hangUp(town.db.clock.now());
    town.db.clock.advanceMs(31_000);
    expect((await deliver(town.line, told)).status).toBe(401);
    const row = await town.db.owner.sql.one<{ outcome: string }>(
      "select outcome from calls where provider_call_id = :sid",
      { sid: call.callSid },
    );
    expect(row.outcome).toBe("self-served");
  });

  test("a step of a call that never rang, a forged one and one for another account are refused", async () => {
    const form = { AccountSid: TWILIO.accountSid, CallSid: newCallSid(), Digits: "1" };
    const path = "/hooks/voice/twilio/steps/1";
    const statusOf = async (sent: ReturnType<typeof signForm>) => (await deliver(town.line, sent)).status;
    expect(await statusOf(signForm(town.line, path, form))).toBe(404);
    expect(await statusOf(signForm(town.line, path, form, "another-token-than-ours"))).toBe(401);
    expect(await statusOf({ ...signForm(town.line, path, form), form: { ...form, Digits: "2" } })).toBe(401);
    expect(await statusOf({ ...signForm(town.line, path, form), path: "/hooks/voice/twilio/steps/2" })).toBe(
      401,
    );
    const other = { ...form, AccountSid: `AC${"0".repeat(32)}` };
    expect(await statusOf(signForm(town.line, path, other))).toBe(401);
    const old = { ...form, CallStatus: "completed", Timestamp: "Mon, 09 Nov 2026 00:00:00 +0000" };
    expect(await statusOf(signForm(town.line, "/hooks/voice/twilio/status", old))).toBe(401);
  });

  test("forty that guess at one household at once are counted one after the other", async () => {
    const calls = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        ring(town.line, `+86139777700${String(index).padStart(2, "0")}`),
      ),
    );
    await Promise.all(
      calls.map(async (call) => {
        await call.press("1");
        await call.press(accountNo(16));
        await call.press("0000");
      }),
    );
    const counted = await town.db.owner.sql.rows<{ outcome: string; count: bigint }>(
      "select outcome, count(*) as count from proof_attempts where account_id = 16 group by outcome order by outcome",
    );
    expect(counted).toEqual([
      { outcome: "locked", count: 30n },
      { outcome: "refused", count: 10n },
    ]);
  });

  test("nothing of a caller stands in the log, in an address or in the audit", async () => {
    const audit = await town.db.owner.sql.rows<{ row: string }>(
      `select concat(subject, ' ', details::text) as row from audit_events
       where subject like 'menu%' or subject like 'call:%'`,
    );
    const everything = town.logText() + audit.map(({ row }) => row).join("\n");
    expect(everything).not.toMatch(/1399999|1380010|100000002/);
    const steps = await town.db.owner.sql.rows<{ row: string }>(
      "select menu_steps::text as row from menu_steps",
    );
    expect(steps.length).toBeGreaterThan(4);
    expect(steps.map(({ row }) => row).join("\n")).not.toMatch(/10000000\d/);
  });
});

test("a database that is gone hands whoever calls, or has pressed a key, to an agent", async () => {
  // Nobody listens there.
  const database = connect("postgres://nuan@127.0.0.1:1/gone", { acquireTimeoutMs: 2000 });
  const platform = { ...town.platform, database, commands: createCommands(database, town.db.clock) };
  const edge = await startEdge(platform, routes);
  const line = { ...town.line, url: edge.url };
  try {
    expect((await ring(line, STRANGER)).heard()).toMatchObject({ status: 200, verb: "enqueue" });
    const sent = (await ring(town.line, STRANGER)).lastSent();
    const pressed = { ...sent.form, CallStatus: "in-progress", Digits: "1" };
    const answer = await deliver(line, signForm(line, "/hooks/voice/twilio/steps/1", pressed));
    expect([answer.status, (await answer.text()).includes("<Enqueue")]).toEqual([200, true]);
  } finally {
    await edge.stop();
    await database.close();
  }
});
