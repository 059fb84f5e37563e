/** Signing in at the household's page: what there is and what there is not looks alike, nothing works twice. (Guesses: household-guessing.test.ts.) */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { householdCookie } from "#src/service/household/cookie.ts";
import type { Answer } from "./edge.ts";
import { median } from "#tests/support/median.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  cardOf,
  cookieOf,
  type HouseholdTown,
  mobileOf,
  startHouseholdTown,
} from "#tests/support/household-page.ts";

const HOMES = 8;
let page: HouseholdTown;
beforeAll(async () => {
  page = await startHouseholdTown(HOMES);
}, 60_000);
afterAll(() => page.stop());
// Each test has its own day: counters and the minute between two codes begin anew.
beforeEach(() => page.town.db.clock.advanceMs(25 * 3_600_000));
afterEach(async () => {
  await page.town.db.owner.sql.run("update person_phones set confirmed = null");
});

const askFor = (accountNo: string, headers: Readonly<Record<string, string>> = {}) =>
  page.me("/me/codes", { json: { accountNo }, headers });
const prove = (json: unknown) => page.me("/me/session", { json });
const known = plantedAccountNo(1);
const withoutPhone = plantedAccountNo(HOMES);
const wrongOf = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

describe("enumeration", () => {
  test("an account, one without a telephone and none at all get the same answer, and the same each time", async () => {
    const shapes: string[][] = [];
    const shown = new Map<string, string>();
    for (const accountNo of [known, withoutPhone, "999999999", "no such thing ~ at all"]) {
      const answer = await askFor(accountNo);
      expect(answer.status).toBe(200);
      shapes.push(Object.keys(answer.body).sort());
      expect(String(answer.body["sentTo"])).toMatch(/^1\d{2}\*{8}$/);
      shown.set(accountNo, String(answer.body["sentTo"]));
    }
    expect(new Set(shapes.map(String)).size).toBe(1);
    page.town.db.clock.advanceMs(120_000);
    for (const [accountNo, sentTo] of shown) expect((await askFor(accountNo)).body["sentTo"]).toBe(sentTo);
    // Nothing of a telephone but its first three digits: its last four open the telephone menu.
    expect(shown.get(known)).toBe("138********");
    expect([...shown.values()].join()).not.toContain(mobileOf(1).slice(-4));
  });

  test("the answers take equally long", async () => {
    const took = async (accountNo: string): Promise<number> => {
      const from = performance.now();
      await askFor(accountNo);
      return performance.now() - from;
    };
    const there: number[] = [];
    const notThere: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      page.town.db.clock.advanceMs(61_000);
      there.push(await took(known));
      notThere.push(await took("999999998"));
    }
    expect(Math.min(...there, ...notThere)).toBeGreaterThanOrEqual(245);
    expect(Math.abs(median(there) - median(notThere))).toBeLessThan(40);
  });

  test("a code goes to the telephone on file, and to nobody for what there is not", async () => {
    await page.codeSentTo(2);
    const before = await page.town.db.owner.sql.one<{ count: bigint }>("select count(*) from messages");
    await askFor("999999997");
    await askFor(withoutPhone);
    await page.codeSentTo(2);
    expect(await page.town.db.owner.sql.one("select count(*) from messages")).toEqual(before);
    await askFor(plantedAccountNo(2));
    expect(await page.codeSentTo(2)).toMatch(/^\d{6}$/);
    // The code stands in its message, and nowhere else any more.
    const kept = await page.town.db.owner.sql.one(
      "select count(code) as count from household_challenges where number is not null and spent_at is null and code is not null",
    );
    expect(kept).toEqual({ count: 0n });
  });

  test("a number that is known to be wrong gets no code", async () => {
    await page.town.db.owner.sql.run("update person_phones set confirmed = false where person_id = 3");
    await askFor(plantedAccountNo(3));
    expect(await page.codeSentTo(3)).toBeUndefined();
  });

  test("a wrong code, a code of nobody, an old one and a foreign challenge are refused in the same words", async () => {
    const asked = await askFor(known);
    const code = String(await page.codeSentTo(1));
    const nobody = await askFor("999999996");
    expect([asked.body["tries"], nobody.body["tries"]]).toEqual([5, 5]);
    const refusals = [
      await prove({ challenge: asked.body["challenge"], code: wrongOf(code) }),
      await prove({ challenge: nobody.body["challenge"], code: "000000" }),
      await prove({ challenge: "x".repeat(32), code }),
      await prove({ accountNo: known, paper: "6217-9999" }),
      await prove({ accountNo: "999999995", paper: cardOf(1) }),
      await prove({ accountNo: plantedAccountNo(2), paper: cardOf(1) }),
    ];
    page.town.db.clock.advanceMs(6 * 60_000);
    refusals.push(await prove({ challenge: asked.body["challenge"], code }));
    const said = refusals.map(({ status, body }) => [status, body["code"], body["detail"]].join());
    expect(new Set(said).size).toBe(1);
    expect(said[0]).toContain("401,household.proof-refused");
    for (const refusal of refusals) expect(refusal.headers.get("set-cookie")).toBeNull();
  });
});

describe("replay", () => {
  test("a code works once, also for ten at once", async () => {
    const asked = await askFor(plantedAccountNo(7));
    const code = await page.codeSentTo(7);
    const json = { challenge: asked.body["challenge"], code };
    const answers = await Promise.all(Array.from({ length: 10 }, () => prove(json)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await prove(json)).status).not.toBe(200);
  });

  test("a session ends with signing out, with idling, and with its age", async () => {
    const read = (cookie: string) => page.me("/me/session", { cookie });
    const first = await page.signIn(2);
    expect((await read(first)).status).toBe(200);
    expect((await page.me("/me/session", { method: "DELETE", cookie: first })).status).toBe(200);
    expect((await read(first)).status).toBe(401);

    page.town.db.clock.advanceMs(61_000);
    const idle = await page.signIn(2);
    page.town.db.clock.advanceMs(31 * 60_000);
    expect((await read(idle)).status).toBe(401);

    const old = await page.signIn(2);
    for (let passed = 0; passed < 11 * 60; passed += 20) {
      page.town.db.clock.advanceMs(20 * 60_000);
      expect((await read(old)).status).toBe(200);
    }
    for (let passed = 0; passed < 60; passed += 20) {
      page.town.db.clock.advanceMs(20 * 60_000);
      await read(old);
    }
    expect((await read(old)).status).toBe(401);
  });

  test("the cookie is for this host alone, and no script reads it", async () => {
    const signed = await prove({ accountNo: plantedAccountNo(6), paper: cardOf(6) });
    const cookie = signed.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^nuan-me=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(householdCookie("https://heat.example.com", "x")).toBe(
      "__Host-nuan-me=x; Path=/; HttpOnly; SameSite=Strict; Secure",
    );
    const sent = cookieOf(signed);
    const foreign = await page.me("/me/session", {
      method: "DELETE",
      cookie: sent,
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect([foreign.status, foreign.body["code"]]).toEqual([403, "request.cross-site"]);
  });
});

describe("homes", () => {
  test("one telephone binds several homes, and keeps them for the next time", async () => {
    const cookie = await page.signIn(1);
    const asked = await askFor(plantedAccountNo(2));
    const code = await page.codeSentTo(2);
    const bound = await page.me("/me/homes", { cookie, json: { challenge: asked.body["challenge"], code } });
    expect(bound.body).toEqual({ homeId: "2" });
    const byCard = await page.me("/me/homes", {
      cookie,
      json: { accountNo: plantedAccountNo(HOMES), paper: cardOf(HOMES) },
    });
    expect(byCard.status).toBe(200);
    const homesOf = async (of: string): Promise<string[]> =>
      ((await page.me("/me/session", { cookie: of })).body["homes"] as { homeId: string }[]).map(
        (one) => one.homeId,
      );
    expect(await homesOf(cookie)).toEqual(["1", "2", String(HOMES)]);
    page.town.db.clock.advanceMs(61_000);
    const again = await page.signIn(1);
    expect(await homesOf(again)).toEqual(["1", "2", String(HOMES)]);
    // The one of home 2 has not got home 1 by that.
    page.town.db.clock.advanceMs(61_000);
    expect(await homesOf(await page.signIn(2))).toEqual(["2"]);
    await page.me("/me/homes/2", { method: "DELETE", cookie: again });
    expect(await homesOf(again)).toEqual(["1", String(HOMES)]);
  });

  test("a home is out of sight as soon as it is sold, or the number is known to be wrong", async () => {
    const cookie = await page.signIn(3);
    const read = () => page.me("/me/homes/3", { cookie });
    expect((await read()).status).toBe(200);
    await page.town.db.owner.sql.run("update person_phones set confirmed = false where person_id = 3");
    expect((await read()).status).toBe(404);
    await page.town.db.owner.sql.run("update person_phones set confirmed = null where person_id = 3");
    expect((await read()).status).toBe(200);
    const day = new Date(page.town.db.clock.now().getTime() - 86_400_000).toISOString().slice(0, 10);
    await page.town.db.owner.sql.run(
      "update account_roles set valid = daterange('2015-01-01', :day::date) where account_id = 3",
      { day },
    );
    expect((await read()).status).toBe(404);
    await page.town.db.owner.sql.run(
      "update account_roles set valid = daterange('2015-01-01', null) where account_id = 3",
    );
  });

  test("by card or last receipt one home is seen, and nothing is decided", async () => {
    const signed = await prove({ accountNo: plantedAccountNo(4), paper: cardOf(4) });
    expect(signed.body["proof"]).toBe("paper");
    const cookie = cookieOf(signed);
    expect((await page.me("/me/homes/4", { cookie })).status).toBe(200);
    const refused = [
      await page.me("/me/homes", { cookie, json: { accountNo: plantedAccountNo(5), paper: cardOf(5) } }),
      await page.me("/me/homes/4/consents", { cookie }),
      await page.me("/me/homes/4/consents", {
        cookie,
        method: "PUT",
        json: { purpose: "greeting", granted: true },
      }),
    ];
    expect(refused.map(({ body }) => body["code"])).toEqual(Array(3).fill("household.phone-needed"));
  });
});

describe("one telephone for many homes", () => {
  test("gets ten codes an hour, for whichever of them they are asked; those who ask are told nothing of it", async () => {
    const { sql } = page.town.db.owner;
    await sql.run("update person_phones set number = :number", { number: mobileOf(1) });
    const homes = [1, 2, 3, 4, 5, 6, 7];
    const answers: Answer[] = [];
    for (const round of [1, 2]) {
      page.town.db.clock.advanceMs(61_000 * round);
      for (const home of homes) answers.push(await askFor(plantedAccountNo(home)));
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => Object.keys(body).sort().join())).size).toBe(1);
    await page.codeSentTo(1);
    const sent = await sql.one<{ count: bigint }>(
      `select count(*) from messages where template = 'household-code' and recipient = :to and queued_at > :since`,
      { to: `tel:${mobileOf(1)}`, since: new Date(page.town.db.clock.now().getTime() - 3_600_000) },
    );
    expect(sent.count).toBe(10n);
    // What was not sent is no way in either.
    const last = answers.at(-1)?.body["challenge"];
    expect((await prove({ challenge: last, code: "000000" })).status).toBe(401);
    await sql.run(
      "update person_phones set number = '+8613800' || lpad(person_id::text, 6, '0') where kind = 'mobile'",
    );
  });
});

describe("fixation", () => {
  test("signing in makes a session of its own: one that was planted, living or invented, becomes nobody's", async () => {
    const attackers = await page.signIn(2);
    for (const planted of [attackers, `nuan-me=${"A".repeat(32)}`]) {
      page.town.db.clock.advanceMs(61_000);
      const asked = await page.me("/me/codes", { cookie: planted, json: { accountNo: plantedAccountNo(3) } });
      const json = { challenge: asked.body["challenge"], code: await page.codeSentTo(3) };
      const signed = await page.me("/me/session", { cookie: planted, json });
      expect(signed.status).toBe(200);
      expect(cookieOf(signed)).not.toBe(planted);
      expect((await page.me("/me/homes/3", { cookie: cookieOf(signed) })).status).toBe(200);
      expect((await page.me("/me/homes/3", { cookie: planted })).status).not.toBe(200);
    }
  });
});
