/** The way from the menu to a person: transferred, called back, or lost and not forgotten. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { announce, stopAnnouncing } from "#src/service/hotline/index.ts";
import { ring, type TwilioCall } from "#tests/support/twilio-caller.ts";
import {
  accountNo,
  createVoiceTown,
  seatAgent,
  tailOf,
  unseatAgents,
  type VoiceTown,
} from "#tests/support/voice-town.ts";

const STRANGER = "+8613999990000";

let town: VoiceTown;
beforeAll(async () => {
  town = await createVoiceTown(30);
}, 60_000);
afterAll(() => town.stop());
afterEach(() => unseatAgents(town));

const words = (call: TwilioCall): string => call.heard().say.join("");

const prove = async (call: TwilioCall, home: number): Promise<void> => {
  await call.press(accountNo(home));
  await call.press(tailOf(home));
};

const run = <T>(work: Parameters<typeof town.db.commands.run<T>>[1]) =>
  town.db.commands.run({ name: "test", actor: town.db.actor }, work);

describe("to a person", () => {
  test("by key, and after three inputs that mean nothing", async () => {
    await seatAgent(town);
    const call = await ring(town.line, STRANGER);
    await call.press("0");
    expect(call.heard()).toMatchObject({ verb: "enqueue" });
    expect(words(call)).toContain("正在转接人工服务");
    const lost = await ring(town.line, STRANGER);
    await lost.press("7");
    await lost.wait();
    await lost.press("7");
    expect(lost.heard().verb).toBe("enqueue");
    const states = await town.db.owner.sql.rows<{ state: string }>(
      "select state from calls where provider = 'twilio' and provider_call_id = :sid",
      { sid: call.callSid },
    );
    expect(states).toEqual([{ state: "queued" }]);
    await call.report("/hooks/voice/twilio/answered/801", {});
    const taken = await town.db.owner.sql.one<{ state: string; isOurs: boolean }>(
      `select state, agent_id = (select staff_id from agent_sessions where extension = '801') as "isOurs"
       from calls where provider_call_id = :sid`,
      { sid: call.callSid },
    );
    expect(taken).toEqual({ state: "answered", isOurs: true });
  });

  test("when nobody is there, a call-back is offered and left once", async () => {
    for (let round = 0; round < 2; round += 1) {
      const call = await ring(town.line, "+8613999990200");
      await call.press("0");
      expect(words(call)).toContain("我们可以给您回电");
      await call.press("1");
      expect(call.heard().verb).toBe("hang-up");
      expect(words(call)).toContain("尽快拨打您的来电号码");
      await call.hangUp(town.db.clock.now());
    }
    const left = await town.db.owner.sql.rows<{ origin: string; state: string }>(
      "select origin, state from call_backs where number = '+8613999990200'",
    );
    expect(left).toEqual([{ origin: "requested", state: "open" }]);
  });

  const endOf = async (call: TwilioCall) => {
    await call.hangUp(town.db.clock.now());
    return town.db.owner.sql.one<{ outcome: string; menu: string }>(
      `select c.outcome, s.outcome as menu from calls c
       join menu_sessions s on s.provider = c.provider and s.provider_call_id = c.provider_call_id
       where c.provider_call_id = :sid`,
      { sid: call.callSid },
    );
  };
  const lostCallBacks = async (number: string) =>
    town.db.owner.sql.rows<{ origin: string; state: string }>(
      "select origin, state from call_backs where number = :number",
      { number },
    );

  test("who wanted one and says nothing when a call-back is offered is a lost call", async () => {
    const silent = await ring(town.line, "+8613999990210");
    await silent.press("0");
    expect(words(silent)).toContain("我们可以给您回电");
    await silent.wait();
    expect(silent.heard().verb).toBe("hang-up");
    expect(await endOf(silent)).toEqual({ outcome: "abandoned", menu: "hung-up" });
    expect(await lostCallBacks("+8613999990210")).toEqual([{ origin: "lost", state: "open" }]);
  });

  test("also when the menu had told something before, or led there after three inputs that mean nothing", async () => {
    const asked = await ring(town.line, "+8613999990211");
    await asked.press("1");
    await prove(asked, 12);
    await asked.press("0");
    expect(words(asked)).toContain("我们可以给您回电");
    expect(await endOf(asked)).toEqual({ outcome: "abandoned", menu: "hung-up" });
    const muddled = await ring(town.line, "+8613999990212");
    for (const key of ["7", "7", "7"]) await muddled.press(key);
    await muddled.wait();
    expect(await endOf(muddled)).toEqual({ outcome: "abandoned", menu: "hung-up" });
    for (const number of ["+8613999990211", "+8613999990212"]) {
      expect(await lostCallBacks(number)).toEqual([{ origin: "lost", state: "open" }]);
    }
  });

  test("who asked for one and then heard what there was to hear is served", async () => {
    const call = await ring(town.line, "+8613999990213");
    await call.press("0");
    await call.press("9");
    await call.press("1");
    await prove(call, 13);
    await call.wait();
    expect(await endOf(call)).toEqual({ outcome: "self-served", menu: "self-served" });
    expect(await lostCallBacks("+8613999990213")).toEqual([]);
  });

  test("on a cold day callers are called back in the supervisor's words, except who cannot be", async () => {
    await seatAgent(town);
    const { result: id } = await run((context) =>
      announce(context, { kind: "cold-day", textZh: "今日来电较多，请留下回电。", textEn: "" }),
    );
    const call = await ring(town.line, "+8613999990201");
    await call.press("0");
    expect(words(call)).toContain("今日来电较多");
    await call.press("1");
    const hidden = await ring(town.line, null);
    await hidden.press("0");
    expect(hidden.heard().verb).toBe("enqueue");
    await run((context) => stopAnnouncing(context, id));
    const origin = await town.db.owner.sql.one<{ origin: string }>(
      "select origin from call_backs where number = '+8613999990201'",
    );
    expect(origin.origin).toBe("cold-day");
  });
});
