/** Guesses at a home run out, there or not; a stranger locks out himself; who has the telephone gets in; the hotline begins anew. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { readSetting } from "#src/platform/settings.ts";
import {
  CODE_TRIES,
  householdPolicy,
  LIFTS_PER_DAY,
  WRONG_CODES_FREE,
} from "#src/service/household/policy.ts";
import { cardOf, cookieOf, type HouseholdTown, startHouseholdTown } from "#tests/support/household-page.ts";
import { person } from "#tests/support/people.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

const HOMES = 8;
const NOBODY = "999999994";
let page: HouseholdTown;
let desk: Edge;
beforeAll(async () => {
  page = await startHouseholdTown(HOMES);
  const agent = await person(page.town.db, "hot-one", ["agent"]);
  desk = await startEdge(page.platform, routes, { authenticate: async () => agent });
}, 60_000);
afterAll(async () => {
  await desk.stop();
  await page.stop();
});
// Each test has its own day.
beforeEach(() => later(25 * 60));

const later = (minutes: number): void => page.town.db.clock.advanceMs(minutes * 60_000);
type From = { readonly address: string; readonly cookie?: string };
const at = (address: string, cookie?: string): From => ({ address, ...(cookie !== undefined && { cookie }) });
const request = (path: string, json: unknown, { address, cookie }: From): Promise<Answer> =>
  page.me(path, {
    json,
    headers: { "x-forwarded-for": address },
    ...(cookie !== undefined && { cookie }),
  });
const askFor = (accountNo: string, from: From) => request("/me/codes", { accountNo }, from);
const prove = (json: unknown, from: From) => request("/me/session", json, from);
const wrongOf = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const waitOf = ({ status, body }: Answer) => {
  const facts = body["facts"] as { until: string; retryAfterSeconds: number } | undefined;
  const minutes = Math.round((facts?.retryAfterSeconds ?? 0) / 60);
  const named = facts === undefined ? NaN : Date.parse(facts.until) - page.town.db.clock.now().getTime();
  return { status, code: body["code"], minutes, isNamed: Math.abs(named / 60_000 - minutes) < 1 };
};
const waits = (minutes: number) => ({ status: 429, code: "household.too-many", minutes, isNamed: true });
const ofDesk = (method: string, path: string, json?: unknown) =>
  ask(desk, `/api/v1/accounts/${path}`, {
    method,
    json,
    headers: { authorization: "Bearer token-of-the-agent" },
  });
const lockOf = async (home: number) => (await ofDesk("GET", `${plantedAccountNo(home)}/page-lock`)).body;
const lift = (home: number) =>
  ofDesk("POST", `${plantedAccountNo(home)}/page-lock/lift`, {
    reason: "姓名、地址、上次缴费金额均核对无误",
  });

/** Five wrong cards of one source, as fast as they are looked at. */
const guessAll = async (accountNo: string, from: From): Promise<void> => {
  for (const pause of [0, 0, 1, 5, 25]) {
    later(pause);
    expect((await prove({ accountNo, paper: `6217-9${pause}` }, from)).status).toBe(401);
  }
};

describe("cards and receipts", () => {
  test("a stranger who knows the number locks out himself, longer each time, there or not; the rightful get in", async () => {
    const accountNo = plantedAccountNo(1);
    for (const guessed of [accountNo, NOBODY]) {
      const stranger = at("203.0.113.1");
      // The second wrong one is looked at at once.
      expect((await prove({ accountNo: guessed, paper: "6217-90" }, stranger)).status).toBe(401);
      expect((await prove({ accountNo: guessed, paper: "6217-91" }, stranger)).status).toBe(401);
      for (const minutes of [1, 5, 25]) {
        const soon = await prove({ accountNo: guessed, paper: cardOf(1) }, stranger);
        expect(waitOf(soon)).toEqual(waits(minutes));
        later(minutes);
        expect((await prove({ accountNo: guessed, paper: "6217-92" }, stranger)).status).toBe(401);
      }
      const locked = await prove({ accountNo: guessed, paper: cardOf(1) }, stranger);
      expect(waitOf(locked)).toEqual(waits(24 * 60 - 31));
    }
    expect((await prove({ accountNo, paper: cardOf(1) }, at("198.51.100.7"))).status).toBe(200);
    later(25 * 60);
    expect((await prove({ accountNo, paper: cardOf(1) }, at("203.0.113.1"))).status).toBe(200);
  });

  test("the old number of a home is the home: its guesses are not doubled by it", async () => {
    const { sql } = page.town.db.owner;
    await sql.run("insert into account_aliases (account_id, kind, value) values (2, 'old-number', 'A-2')");
    const stranger = at("203.0.113.2");
    for (const accountNo of [plantedAccountNo(2), "A-2"]) {
      expect((await prove({ accountNo, paper: "6217-90" }, stranger)).status).toBe(401);
    }
    expect(waitOf(await prove({ accountNo: "A-2", paper: "6217-91" }, stranger))).toEqual(waits(1));
  });

  test("two sources end the day for strangers; code and known browser open still, and the hotline begins anew", async () => {
    const accountNo = plantedAccountNo(3);
    // The family's browser signed in before.
    const asked = await askFor(accountNo, at("198.51.100.7"));
    const family = cookieOf(asked);
    const first = { challenge: asked.body["challenge"], code: await page.codeSentTo(3) };
    expect((await prove(first, at("198.51.100.7", family))).status).toBe(200);
    for (const address of ["203.0.113.3", "203.0.113.4"]) await guessAll(accountNo, at(address));
    const newcomer = at("192.0.2.9");
    expect(waitOf(await prove({ accountNo, paper: cardOf(3) }, newcomer)).status).toBe(429);
    expect((await prove({ accountNo, paper: cardOf(3) }, at("192.0.2.9", family))).status).toBe(200);
    const second = await askFor(accountNo, newcomer);
    const code = { challenge: second.body["challenge"], code: await page.codeSentTo(3) };
    expect((await prove(code, newcomer)).status).toBe(200);

    expect(await lockOf(3)).toMatchObject({
      codesUntil: null,
      papersUntil: expect.any(String),
      wrongPapers: 10,
      wrongCodes: 0,
      liftsLeft: LIFTS_PER_DAY,
    });
    const lifted = await lift(3);
    expect([lifted.status, lifted.body["papersUntil"], lifted.body["liftsLeft"]]).toEqual([200, null, 2]);
    expect((await prove({ accountNo, paper: cardOf(3) }, newcomer)).status).toBe(200);
    const audited = await page.town.db.owner.sql.one(
      "select actor_name as who, subject, details from audit_events where command = 'household.lift-lock' order by id desc limit 1",
    );
    expect(audited).toMatchObject({
      who: "hot-one",
      subject: "account:3",
      details: { reason: expect.stringContaining("核对"), wrongPapers: 10 },
    });
  });

  test("who is locked by his own errors is lifted too, three times a day; where nobody waits there is nothing to lift", async () => {
    const accountNo = plantedAccountNo(4);
    const none = await lift(4);
    expect([none.status, none.body["code"]]).toEqual([409, "household.nothing-locked"]);
    for (let times = 0; times < LIFTS_PER_DAY; times += 1) {
      for (const paper of ["6217-90", "6217-91"]) await prove({ accountNo, paper }, at("198.51.100.8"));
      expect(waitOf(await prove({ accountNo, paper: cardOf(4) }, at("198.51.100.8"))).minutes).toBe(1);
      expect((await lift(4)).status).toBe(200);
      later(1);
    }
    expect((await prove({ accountNo, paper: cardOf(4) }, at("198.51.100.8"))).status).toBe(200);
    for (const paper of ["6217-90", "6217-91"]) await prove({ accountNo, paper }, at("198.51.100.8"));
    const most = await lift(4);
    expect([most.status, most.body["code"]]).toEqual([409, "household.lifts-used-up"]);
  });
});

describe("codes", () => {
  test("of one source a minute apart, then two, three an hour, there or not; the next is said", async () => {
    for (const accountNo of [plantedAccountNo(5), NOBODY]) {
      const from = at("203.0.113.5");
      for (const minutes of [1, 2, 57]) {
        const asked = await askFor(accountNo, from);
        expect([asked.status, Math.round(Number(asked.body["resendAfterSeconds"]) / 60)]).toEqual([
          200,
          minutes,
        ]);
        expect(waitOf(await askFor(accountNo, from))).toEqual(waits(minutes));
        later(Math.min(minutes, 2));
      }
      // Others wait for no one, and the first is as good as it was.
      expect((await askFor(accountNo, at("198.51.100.5"))).status).toBe(200);
    }
  });

  test("strangers use up the codes of a day: what was sent opens still, and the known browser gets one", async () => {
    const accountNo = plantedAccountNo(6);
    const asked = await askFor(accountNo, at("198.51.100.7"));
    const family = cookieOf(asked);
    await prove(
      { challenge: asked.body["challenge"], code: await page.codeSentTo(6) },
      at("198.51.100.7", family),
    );
    let last: Answer | undefined;
    for (let n = 0; n < 9; n += 1) {
      later(15);
      last = await askFor(accountNo, at(`203.0.113.${10 + (n % 3)}`));
      expect(last.status).toBe(200);
    }
    const code = await page.codeSentTo(6);
    later(1);
    const refused = await askFor(accountNo, at("192.0.2.6"));
    expect(waitOf(refused)).toEqual(waits(24 * 60 - 9 * 15 - 1));
    const browser = await askFor(accountNo, at("192.0.2.6", family));
    expect(browser.status).toBe(200);
    expect(await page.codeSentTo(6)).not.toBe(code);
    expect((await prove({ challenge: last?.body["challenge"], code }, at("192.0.2.6"))).status).toBe(200);
    expect((await lockOf(6))["codesUntil"]).not.toBeNull();
    expect((await lift(6)).body["codesUntil"]).toBeNull();
    expect((await askFor(accountNo, at("192.0.2.6"))).status).toBe(200);
  });

  test("a code dies with its fifth wrong try, also for the right one, and twenty at once are no more", async () => {
    for (const atOnce of [false, true]) {
      const from = at("198.51.100.9");
      const asked = await askFor(plantedAccountNo(7), from);
      const code = String(await page.codeSentTo(7));
      const { challenge } = asked.body;
      const guess = () => prove({ challenge, code: wrongOf(code) }, from);
      if (atOnce) await Promise.all(Array.from({ length: 20 }, guess));
      else for (let times = 0; times < CODE_TRIES; times += 1) await guess();
      expect((await prove({ challenge, code }, from)).status).toBe(401);
      const { tries } = await page.town.db.owner.sql.one<{ tries: number }>(
        "select tries from household_challenges order by id desc limit 1",
      );
      expect(tries).toBe(CODE_TRIES);
      later(25 * 60);
    }
  });

  test("of all that strangers can do in a day no more guesses are looked at than the arithmetic says", async () => {
    const accountNo = plantedAccountNo(2);
    const from = page.town.db.clock.now();
    let codes = 0;
    for (let quarter = 0; quarter < 60; quarter += 1) {
      later(15);
      const source = at(`203.0.113.${20 + (quarter % 7)}`);
      const asked = await askFor(accountNo, source);
      if (asked.status === 429) break;
      codes += 1;
      const code = String(await page.codeSentTo(2));
      const json = { challenge: asked.body["challenge"], code: wrongOf(code) };
      await Promise.all(Array.from({ length: CODE_TRIES + 2 }, () => prove(json, source)));
    }
    expect(codes).toBe(10);
    const { tries } = await page.town.db.owner.sql.one<{ tries: number }>(
      "select sum(tries)::integer as tries from household_challenges where account_id = 2 and created_at > :from",
      { from },
    );
    expect(tries).toBeLessThanOrEqual(WRONG_CODES_FREE + codes);
    // Two codes with five tries each, and eight with one.
    expect(tries).toBe(18);
    later(24 * 60);
    const asked = await askFor(accountNo, at("192.0.2.6"));
    const json = { challenge: asked.body["challenge"], code: await page.codeSentTo(2) };
    expect((await prove(json, at("192.0.2.6"))).status).toBe(200);
  });

  test("made-up challenges use up nothing but themselves: neighbours behind the address get in", async () => {
    const from = at("203.0.113.99");
    const bogus = Array.from({ length: 100 }, (_, n) => ({
      challenge: "x".repeat(32),
      code: String(100_000 + n),
    }));
    await Promise.all(bogus.map((json) => prove(json, from)));
    const more = await prove(bogus[0], from);
    expect([waitOf(more), (more.body["facts"] as { of: string }).of]).toEqual([waits(60), "address"]);
    const asked = await askFor(plantedAccountNo(1), from);
    const code = await page.codeSentTo(1);
    expect((await prove({ challenge: asked.body["challenge"], code }, from)).status).toBe(200);
    expect((await prove({ accountNo: plantedAccountNo(1), paper: cardOf(1) }, from)).status).toBe(200);
  });

  test("an address that used up its wrong proofs: a code's first try, a known browser and another network get in", async () => {
    const from = at("203.0.113.98");
    const accountNo = plantedAccountNo(1);
    const before = await askFor(accountNo, from);
    const family = cookieOf(before);
    const proof = { challenge: before.body["challenge"], code: await page.codeSentTo(1) };
    expect((await prove(proof, at("203.0.113.98", family))).status).toBe(200);
    // Neighbours, each at a home of his own.
    await prove({ accountNo: NOBODY, paper: "6217-90" }, from);
    await page.town.db.owner.sql.run(
      `insert into household_attempts (kind, account_digest, address_digest, failed, at)
       select kind, sha256(n::text::bytea), address_digest, failed, at
       from (select * from household_attempts order by id desc limit 1) last, generate_series(1, 99) n`,
    );
    const paper = { accountNo, paper: cardOf(1) };
    const refused = await prove(paper, from);
    expect([waitOf(refused), (refused.body["facts"] as { of: string }).of]).toEqual([waits(60), "address"]);
    // The hotline sees nothing of it at the home, and does not say that it could lift it.
    expect((await lockOf(1))["papersUntil"]).toBeNull();
    expect((await prove(paper, at("203.0.113.98", family))).status).toBe(200);
    expect((await prove(paper, at("192.0.2.6"))).status).toBe(200);
    later(2);
    const asked = await askFor(accountNo, from);
    const code = String(await page.codeSentTo(1));
    expect((await prove({ challenge: asked.body["challenge"], code }, from)).status).toBe(200);
    later(3);
    const second = await askFor(accountNo, from);
    const other = String(await page.codeSentTo(1));
    const challenge = second.body["challenge"];
    expect((await prove({ challenge, code: wrongOf(other) }, from)).status).toBe(401);
    expect(waitOf(await prove({ challenge, code: other }, from)).status).toBe(429);
  });
});

describe("a known browser", () => {
  const knownAt = (home: number) =>
    page.town.db.owner.sql.one<{ n: number }>(
      "select count(*)::integer as n from household_browsers where account_id = :home",
      { home },
    );

  test("is of a person: when he has no role at the home any more it is a stranger's", async () => {
    const { sql } = page.town.db.owner;
    const accountNo = plantedAccountNo(5);
    const asked = await askFor(accountNo, at("198.51.100.7"));
    const tenant = cookieOf(asked);
    const proof = { challenge: asked.body["challenge"], code: await page.codeSentTo(5) };
    expect((await prove(proof, at("198.51.100.7", tenant))).status).toBe(200);
    for (const address of ["203.0.113.3", "203.0.113.4"]) await guessAll(accountNo, at(address));
    const paper = { accountNo, paper: cardOf(5) };
    expect((await prove(paper, at("192.0.2.5", tenant))).status).toBe(200);
    const day = new Date(page.town.db.clock.now().getTime() - 86_400_000).toISOString().slice(0, 10);
    const until = (end: string | null) =>
      sql.run("update account_roles set valid = daterange('2015-01-01', :end::date) where account_id = 5", {
        end,
      });
    await until(day);
    expect((await prove(paper, at("192.0.2.5", tenant))).status).toBe(429);
    await until(null);
  });

  test("is a stranger's again when the home is taken away from the telephone", async () => {
    const asked = await askFor(plantedAccountNo(6), at("198.51.100.7"));
    const proof = { challenge: asked.body["challenge"], code: await page.codeSentTo(6) };
    const signed = await prove(proof, at("198.51.100.7", cookieOf(asked)));
    expect((await knownAt(6)).n).toBeGreaterThan(0);
    expect((await page.me("/me/homes/6", { method: "DELETE", cookie: cookieOf(signed) })).status).toBe(200);
    expect(await knownAt(6)).toEqual({ n: 0 });
  });
});

test("what a company had set beyond the bounds of today is brought within, and its other figures stay", async () => {
  const { sql } = page.town.db.owner;
  const set = {
    ...householdPolicy.standard,
    codesPerAccountAndHour: 1,
    wrongProofsPerAccountAndDay: 50,
    wrongProofsPerAddressAndHour: 20,
  };
  await sql.run("insert into settings (key, value) values ('household.sign-in', :value::jsonb)", {
    value: JSON.stringify(set),
  });
  const migration = await readFile(
    new URL("../../migrations/0242-browsers-of-people.sql", import.meta.url),
    "utf8",
  );
  await sql.run(migration.slice(migration.indexOf("update settings")));
  expect(await readSetting(page.platform.database.sql, householdPolicy)).toEqual({
    ...set,
    codesPerAccountAndHour: 2,
    wrongProofsPerAccountAndDay: 30,
  });
  await sql.run("delete from settings where key = 'household.sign-in'");
});

test("a browser's name opens nothing and is for this host alone", async () => {
  const asked = await askFor(plantedAccountNo(1), at("198.51.100.7"));
  const cookie = asked.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^nuan-browser=[\w-]{32}; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Strict$/);
  expect((await page.me("/me/session", { cookie: cookieOf(asked) })).status).toBe(401);
  later(3);
  const again = await askFor(plantedAccountNo(1), at("198.51.100.7", cookieOf(asked)));
  expect(cookieOf(again)).toBe(cookieOf(asked));
});
