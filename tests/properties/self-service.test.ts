/** No way through the menu, whatever is pressed, comes to an amount or to a place without the second factor. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "#src/platform/actor.ts";
import { openIncident } from "#src/service/incidents/index.ts";
import { digestOfNumber } from "#src/service/hotline/self-service/prove-caller.ts";
import { continueMenu, startMenu } from "#src/service/hotline/self-service/run-menu.ts";
import { accountNo, createVoiceTown, tailOf, type VoiceTown } from "#tests/support/voice-town.ts";

const HOMES = 6;
/**
 * Every bill of this town is 2,052.00: these are all the words in which it can be told, and what else is of one household: also
 * where it lives, which the words of the incident that holds all of them would tell.
 */
const PERSONAL =
  /两千零五十二|两千|two thousand|fifty-two|尾号|ending in|已缴清|This season is paid in full|Your season is paid|缴费日期|开阀任务已下达|春晖里|Chunhuili/;

describe("the menu", () => {
  let town: VoiceTown;
  beforeAll(async () => {
    town = await createVoiceTown(HOMES);
    await town.db.commands.run({ name: "test", actor: town.db.actor }, (context) =>
      openIncident(context, {
        kind: "heat-outage",
        affected: { buildingIds: [0n] },
        startsAt: context.now,
        script: "春晖里八号楼停热，正在抢修。",
        scriptEn: "Chunhuili, building eight: the heat is off.",
      }),
    );
  });
  afterAll(() => town.stop());

  let calls = 0;
  /** Walks a call through these keys; answers everything that was said until it ended. */
  const walk = async (keys: readonly string[]): Promise<string[]> => {
    calls += 1;
    const call = { provider: "twilio", providerCallId: `walk-${calls}` } as const;
    const step = <T>(work: Parameters<typeof town.db.commands.run<T>>[1]) =>
      town.db.commands.run({ name: "menu.step", actor: systemActor("self-service") }, work);
    // A number of its own each time: what is tested is the way, not the counting of tries.
    const from = `+86137${String(10_000_000 + calls)}`;
    let heard = (await step((context) => startMenu(context, { ...call, from }))).result;
    const said = [...heard.reply.say];
    for (const pressed of keys) {
      if (heard.reply.kind !== "gather") break;
      const { nextStep } = heard;
      heard = (
        await step((context) =>
          continueMenu(context, call, { step: nextStep, keys: pressed }, (number) =>
            digestOfNumber(town.platform.secretKey, number),
          ),
        )
      ).result;
      said.push(...heard.reply.say);
    }
    return said;
  };

  const wrongTail = fc.integer({ min: 2000, max: 9999 }).map(String);
  const anyKeys = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(..."0123456789*#", "") },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: HOMES }).map(accountNo) },
    { weight: 3, arbitrary: wrongTail },
    { weight: 1, arbitrary: fc.constantFrom("12345", "777777777", "9".repeat(32)) },
  );

  test("tells nothing of a household to whoever never gives a right tail", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyKeys, { minLength: 3, maxLength: 14 }), async (keys) => {
        const said = (await walk(keys)).join("\n");
        expect(said).not.toMatch(PERSONAL);
      }),
      { numRuns: 150 },
    );
  });

  test("the right tail of another home's telephone is a wrong one", async () => {
    for (let home = 1; home <= HOMES; home += 1) {
      const other = (home % HOMES) + 1;
      expect((await walk(["1", accountNo(home), tailOf(other)])).join("\n")).not.toMatch(PERSONAL);
      expect((await walk(["1", accountNo(home), tailOf(home)])).join("\n")).toMatch(PERSONAL);
    }
  });

  test("a proof for one home does not open the next", async () => {
    const said = await walk(["1", accountNo(1), tailOf(1), "9", "3", "9", "1", "9", "2", "*"]);
    expect(said.join("\n")).toMatch(PERSONAL);
    const named = await walk(["3", accountNo(2), "9", "1", accountNo(3), tailOf(2)]);
    expect(named.join("\n")).not.toMatch(PERSONAL);
  });

  test("whether a building is affected is told for any account, where it is only after the second factor", async () => {
    const said = await walk(["3", accountNo(5), "9", "1", accountNo(5), tailOf(5), "9", "3"]);
    expect(said.filter((line) => /该户所在楼栋目前有登记的停热/.test(line))).toHaveLength(1);
    expect(said.findIndex((line) => line.includes("春晖里"))).toBeGreaterThan(
      said.findIndex((line) => line.includes("两千零五十二元")),
    );
    expect((await walk(["8", "3", accountNo(6)])).join("\n")).toContain(
      "on record for the building of this account",
    );
  });

  test("a number that is known to be wrong proves nothing", async () => {
    await town.db.owner.sql.run("update person_phones set confirmed = false where person_id = 4");
    expect((await walk(["1", accountNo(4), tailOf(4)])).join("\n")).not.toMatch(PERSONAL);
  });
});
