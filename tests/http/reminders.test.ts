/** The ladder, its lists and its letters over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logIn } from "#src/office/staff/index.ts";
import type { StaffRole } from "#src/platform/actor.ts";
import { platformOf } from "#tests/support/people.ts";
import { NORTH_NO, type RightsTown, SOUTH_NO, startRightsTown } from "./rights-town.ts";
import { fetchWritten } from "#tests/support/exports.ts";

let town: RightsTown;
beforeAll(async () => {
  town = await startRightsTown();
  town.db.clock.set("2026-11-16T09:00:00+08:00");
}, 60_000);
afterAll(() => town.stop());

type Who = StaffRole | `${StaffRole}.${"north" | "south"}`;
type More = Parameters<RightsTown["send"]>[3];

/** Whoever it is logs in anew: days pass in this test, and a session does not last that long. */
const send = async (who: Who, method: string, path: string, more?: More) => {
  const login = who.includes(".") ? who : `${who}.everywhere`;
  const { reference } = await logIn(platformOf(town.db), { login, password: `${login}-password` });
  const caller = town.callers.find((one) => one.name === login);
  if (caller === undefined) throw new Error(`nobody is called ${login}`);
  const headers = { ...caller.headers, cookie: `nuan=${reference}` };
  return town.send({ ...caller, headers }, method, path, more);
};

describe("the ladder", () => {
  test("shows its days, and brings the accounts of the day to their stage", async () => {
    const ladder = await send("finance", "get", "/seasons/2026/reminder-ladder");
    expect(ladder.status).toBe(200);
    expect(ladder.body).toMatchObject({ season: 2026, current: "valve-notice" });
    expect(ladder.body.days).toContainEqual({ code: "gentle", startsOn: "2026-10-20" });
    const run = await send("supervisor", "post", "/reminder-runs", { json: {} });
    expect(run.body).toMatchObject({ stage: "valve-notice", waitingFor: [] });
    expect(Number(run.body.entered)).toBeGreaterThan(0);
    const runs = await send("supervisor", "get", "/reminder-runs");
    expect(runs.body.items).toMatchObject([
      { stage: "valve-notice", state: "done", entered: run.body.entered },
    ]);
    const ahead = await send("finance", "post", "/reminder-runs", { json: { day: "2026-11-17" } });
    expect(ahead).toMatchObject({ status: 422, body: { code: "reminders.day-ahead" } });
  });

  test("where an account stands and why: within one's areas only", async () => {
    const north = await send("area-manager.north", "get", `/accounts/${NORTH_NO}/reminder-stage`);
    expect(north.body).toMatchObject({
      accountNo: NORTH_NO,
      season: 2026,
      stage: { stage: "valve-notice", enteredOn: "2026-11-16", document: "standard" },
      reason: "reached",
    });
    const { status } = await send("area-manager.south", "get", `/accounts/${NORTH_NO}/reminder-stage`);
    expect(status).toBe(404);
  });

  test("a new version needs a second person", async () => {
    const { body } = await send("finance", "get", "/reminder-ladders");
    const [standard] = body.items as [{ stages: { code: string; offsetDays: number }[] }];
    const stages = standard.stages.map((stage) =>
      stage.code === "gentle" ? { ...stage, offsetDays: -25 } : stage,
    );
    const order = { fromSeason: 2026, document: "客服[2026]7号", stages };
    const asked = await send("finance", "post", "/reminder-ladders", { json: order });
    expect(asked.body).toMatchObject({ state: "approval-requested" });
    const approvalId = String(asked.body.approvalId);
    const own = await send("supervisor", "post", `/approvals/${approvalId}/decision`, {
      json: { decision: "approved" },
    });
    expect(own.status).toBe(200);
    const done = await send("finance", "post", "/reminder-ladders", {
      json: { ...order, approvalId },
    });
    expect(done.body).toMatchObject({ state: "done" });
    const later = await send("auditor", "get", "/seasons/2026/reminder-ladder");
    expect(later.body.days).toContainEqual({ code: "gentle", startsOn: "2026-10-16" });
  });
});

describe("the lists", () => {
  test("wait for the banks, then name who owes within one's areas", async () => {
    const { owner } = town.db;
    await owner.sql.run("update channels set profile = 'zz-bank-gb18030' where code = 'bank-a'");
    for (const path of ["/arrears", "/arrears?asOf=2026-11-15"]) {
      const refused = await send("finance", "get", path);
      expect(refused).toMatchObject({ status: 409, body: { code: "arrears.not-certified" } });
      const board = await send("finance", "get", "/bank-board?until=2026-11-15&days=1");
      const without = (board.body.cells as { state: string }[]).filter(({ state }) => state !== "certified");
      // The board of bank days and the refusal name one number.
      expect(refused.body.facts).toMatchObject({ day: "2026-11-15", channels: without.length, tills: 0 });
      expect(JSON.stringify(refused.body)).toContain("bank-a");
    }
    // Whoever asks for the last certified day in the morning gets it as soon as there is one, and is told which.
    const none = await send("area-manager.south", "get", "/arrears?asOf=last-certified");
    expect(none).toMatchObject({ status: 409, body: { code: "arrears.not-certified" } });
    await owner.sql.run(
      `insert into certified_channel_days select id, day, now() from channels, (values ('2026-11-11'::date), ('2026-11-13')) v (day)
       where code = 'bank-a'`,
    );
    const morning = await send("area-manager.south", "get", "/arrears?asOf=last-certified&limit=1");
    expect(morning).toMatchObject({ status: 200, body: { asOf: "2026-11-13" } });
    // The sum is that of all, not of the page.
    const homes = await send("area-manager.south", "get", "/arrears?asOf=2026-11-13&limit=200");
    const owed = homes.body.items as { openFen: number }[];
    expect(morning.body).toMatchObject({
      items: [expect.anything()],
      totals: { accounts: owed.length, openFen: owed.reduce((sum, { openFen }) => sum + openFen, 0) },
    });
    const early = await send("finance", "post", "/closing-lists", { json: {} });
    expect(early).toMatchObject({ status: 409, body: { code: "arrears.not-certified" } });
    await owner.sql.run(
      `insert into certified_channel_days select id, '2026-11-15', now() from channels where code = 'bank-a'`,
    );
    const all = await send("finance", "get", "/arrears?limit=200");
    expect(all.body).toMatchObject({ asOf: "2026-11-15" });
    const south = await send("area-manager.south", "get", "/arrears?limit=200");
    const numbers = (south.body.items as { accountNo: string }[]).map((row) => row.accountNo);
    expect(numbers).toContain(SOUTH_NO);
    expect(numbers).not.toContain(NORTH_NO);
    expect(south.body.totals).toMatchObject({ accounts: numbers.length });
    expect((all.body.items as unknown[]).length).toBeGreaterThan(numbers.length);
    const debts = await send("finance", "get", "/arrears?of=debts&limit=1");
    expect(debts.body.nextCursor).not.toBeNull();
    expect(debts.body.totals).not.toBeNull();
    // Summed once for the list, not for each of its pages.
    const next = await send(
      "finance",
      "get",
      `/arrears?of=debts&limit=1&cursor=${String(debts.body.nextCursor)}`,
    );
    expect(next.body).toMatchObject({ totals: null, items: [expect.anything()] });
  });

  test("are taken along as a table, and who took them is written down", async () => {
    const held = `(select id from heat_accounts where account_no = '${SOUTH_NO}')`;
    await town.db.owner.sql.run(
      `insert into account_holds (account_id, kind, reason, starts_on) values (${held}, 'mourning', 'x', '2026-11-01')`,
    );
    // Stages and holds are words, on the page as in the table.
    const page = await send("area-manager.south", "get", "/arrears?limit=200");
    expect(
      (page.body.items as { accountNo: string }[]).find((row) => row.accountNo === SOUTH_NO),
    ).toMatchObject({
      stage: "valve-notice",
      stageName: "关阀告知",
      stageNameEn: "valve notice",
      holds: ["mourning"],
    });
    const asked = await send("area-manager.south", "post", "/arrears/export", {
      json: { purpose: "片区催缴" },
    });
    const table = await fetchWritten(platformOf(town.db), asked, (file) =>
      send("area-manager.south", "get", file),
    );
    expect(table.status).toBe(200);
    const [mark = ""] = table.text.split("\r\n");
    expect(mark).toContain("片区催缴");
    expect(mark).toContain("area-manager.south");
    const unsaid = await send("area-manager.south", "post", "/arrears/export", { json: {} });
    expect(unsaid.status).toBe(400);
    expect(table.text).toContain(SOUTH_NO);
    expect(table.text).not.toContain(NORTH_NO);
    expect(table.text).toContain("2052.00");
    expect(table.text).toContain("丧事 mourning");
    expect(table.text).toContain("关阀告知 valve notice");
    expect(table.text).not.toMatch(/valve-notice/);
    await town.db.owner.sql.run(`update account_holds set released_at = now() where account_id = ${held}`);
    const audited = await town.db.owner.sql.rows<{ name: string; purpose: string }>(
      "select actor_name as name, details ->> 'purpose' as purpose from audit_events where command = 'arrears.export'",
    );
    expect(audited).toEqual([{ name: "area-manager.south", purpose: "片区催缴" }]);
  });

  test("a closing list is made once and read at the door", async () => {
    const made = await send("supervisor", "post", "/closing-lists", { json: {} });
    // Nobody was told before the end of the 15th.
    expect(made.body).toMatchObject({ made: true, list: { asOf: "2026-11-15", rows: 0 } });
    town.db.clock.set("2026-11-17T09:00:00+08:00");
    await town.db.owner.sql.run(
      `insert into certified_channel_days select id, '2026-11-16', now() from channels where code = 'bank-a'`,
    );
    // No notice has gone; somebody was at each door of the stage.
    await town.db.owner.sql.run(
      `insert into tasks (kind, source, title, details, account_id, owner_role, state, created_at, closed_at, outcome, results, result)
       select 'payment-visit', 'account:' || account_id || ':season:' || season_id || ':visit:1', 'x', '{}', account_id,
         'area-manager', 'done', now(), '2026-11-16T10:00:00+08:00', 'a word at the door', '{told,refused}', 'told'
       from dunning_standings where rank = 40`,
    );
    const next = await send("supervisor", "post", "/closing-lists", { json: {} });
    const { id, rows } = next.body.list as { id: string; rows: number };
    expect(rows).toBeGreaterThan(0);
    const again = await send("supervisor", "post", "/closing-lists", {
      json: { asOf: "2026-11-16" },
    });
    expect(again.body).toMatchObject({ made: false, list: { id } });
    const page = await send("area-manager.north", "get", `/closing-lists/${id}/rows?limit=200`);
    const mine = page.body.items as { accountNo: string; now: string }[];
    expect(mine.find((row) => row.accountNo === NORTH_NO)).toMatchObject({ now: "close" });
    expect(mine.some((row) => row.accountNo === SOUTH_NO)).toBe(false);
    await town.db.owner.sql.run("update bills set paid_fen = amount_fen where account_id = 1");
    const paid = await send("area-manager.north", "get", `/closing-lists/${id}/rows?limit=200`);
    expect((paid.body.items as typeof mine).find((row) => row.accountNo === NORTH_NO)).toMatchObject({
      now: "paid",
    });
    const asked = await send("supervisor", "post", `/closing-lists/${id}/export`, {
      json: { format: "csv", purpose: "关阀名单" },
    });
    const table = await fetchWritten(platformOf(town.db), asked, (file) => send("supervisor", "get", file));
    expect(table.text).toContain("已缴，不关");
    const unknown = await send("supervisor", "get", "/closing-lists/99999/rows");
    expect(unknown).toMatchObject({ status: 404, body: { code: "closing-list.not-found" } });
  });
});

describe("letters of demand", () => {
  const make = (who: Who) => send(who, "post", `/accounts/${SOUTH_NO}/demand-letters`, { json: {} });

  test("are made when the ladder is there, once a day, and explain every amount", async () => {
    const early = await make("supervisor");
    expect(early).toMatchObject({ status: 409, body: { code: "demand-letter.stage-not-reached" } });
    town.db.clock.set("2026-12-05T09:00:00+08:00");
    const waits = await make("supervisor");
    expect(waits).toMatchObject({ status: 409, body: { code: "arrears.not-certified" } });
    await town.db.owner.sql.run(
      `insert into certified_channel_days select id, '2026-12-04', now() from channels where code = 'bank-a'`,
    );
    await send("finance", "post", "/reminder-runs", { json: {} });
    expect((await make("area-manager.north")).status).toBe(404);
    const made = await make("area-manager.south");
    expect(made.body).toMatchObject({
      made: true,
      letter: { accountNo: SOUTH_NO, totalFen: 205_200, answerBy: null },
    });
    expect((await make("supervisor")).body).toMatchObject({
      made: false,
      letter: made.body.letter,
    });
    const { id } = made.body.letter as { id: string };
    const paper = await send("area-manager.south", "get", `/demand-letters/${id}/print`);
    expect(paper.text).toContain("催告函");
    expect(paper.text).toContain("2,052.00");
    expect(paper.text).toContain("120 天");
    expect(paper.text).toContain("2025-11-15");
    expect(paper.text).not.toMatch(/征信|黑名单|后果自负/);
    const pdf = await send("supervisor", "get", `/demand-letters/${id}/print.pdf?locale=en`);
    expect(pdf.status).toBe(200);
    expect(pdf.text.startsWith("%PDF")).toBe(true);
    const foreign = await send("area-manager.north", "get", `/demand-letters/${id}/print`);
    expect(foreign.status).toBe(404);
  });

  test("are made for a whole pass, and listed until they are delivered", async () => {
    const runs = await send("finance", "get", "/reminder-runs?limit=1");
    const [run] = runs.body.items as [{ id: string; stage: string; entered: number }];
    expect(run.stage).toBe("demand-letter");
    const many = await send("finance", "post", `/reminder-runs/${run.id}/demand-letters`, { json: {} });
    // One of them has its letter of today.
    expect(many.body).toMatchObject({ letters: run.entered - 1 });
    const again = await send("finance", "post", `/reminder-runs/${run.id}/demand-letters`, { json: {} });
    expect(again.body).toMatchObject({ letters: 0, totalFen: 0 });
    const mine = await send(
      "area-manager.south",
      "get",
      "/demand-letters?delivered=no&madeOn=2026-12-05&limit=200",
    );
    const numbers = (mine.body.items as { accountNo: string }[]).map((letter) => letter.accountNo);
    expect(numbers).toContain(SOUTH_NO);
    expect(numbers).not.toContain(NORTH_NO);
    const unknown = await send("finance", "post", "/reminder-runs/99999/demand-letters", { json: {} });
    expect(unknown).toMatchObject({ status: 404, body: { code: "reminders.run-not-found" } });
  });

  test("their delivery is noted once, and the time to answer runs from it", async () => {
    const list = await send("finance", "get", `/accounts/${SOUTH_NO}/demand-letters`);
    const [letter] = list.body.items as [{ id: string; answerDays: number }];
    expect(letter.answerDays).toBe(15);
    town.db.clock.set("2026-12-08T09:00:00+08:00");
    const deliver = (deliveredOn: string) =>
      send("area-manager.south", "post", `/demand-letters/${letter.id}/delivery`, {
        json: { deliveredOn, manner: "registered-mail", proof: "XA 1234 5678 9 CN" },
      });
    expect(await deliver("2026-12-09")).toMatchObject({ status: 422 });
    expect((await deliver("2026-12-07")).body).toMatchObject({ answerBy: "2026-12-22" });
    expect(await deliver("2026-12-07")).toMatchObject({
      status: 409,
      body: { code: "demand-letter.delivered-before" },
    });
  });
});
