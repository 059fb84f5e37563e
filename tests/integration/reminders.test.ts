/** The ladder on real PostgreSQL: who comes to a stage, once, and what the lists wait for. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProofs } from "#src/money/ledger/index.ts";
import {
  advanceLadder,
  makeClosingList,
  noteCertifiedDay,
  reminderProofs,
  remindersNow,
  setLadder,
  stageOf,
} from "#src/money/reminders/index.ts";
import { findLadder } from "#src/money/reminders/ladder-queries.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import { runIfDue } from "#src/platform/scheduled-runs.ts";
import { advanceReminders } from "#workers/reminders.ts";
import { createOwingTown, on, type OwingTown, toldAtStage } from "#tests/support/reminders.ts";

const refusal = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "accepted",
    (error: unknown) => (error as { code?: unknown }).code,
  );

const certify = (town: OwingTown, channel: number, text: string) =>
  town.run((context) => noteCertifiedDay(context, channel, on(text)));

const withFiles = (town: OwingTown) =>
  town.db.owner.sql.run("update channels set profile = 'zz-bank-gb18030' where code in ('bank-a', 'bank-b')");

describe("a pass", () => {
  let town: OwingTown;
  beforeAll(async () => {
    town = await createOwingTown(30);
  });
  afterAll(() => town.db.drop());

  test("brings whoever owes to the stage of the day, in chunks, and tells of it once", async () => {
    await town.pay(1);
    await town.pay(2, 100);
    await town.hold(3, "care", on("2026-08-01"));
    const done = await town.advance({ chunkAccounts: 7 });
    expect(done).toMatchObject({
      season: 2026,
      stage: "bill-open",
      entered: 28n,
      paused: 1n,
      waitingFor: [],
    });
    expect(done.enteredFen).toBe(28n * 205_200n - 100n);
    expect(await town.stages(1)).toEqual([]);
    expect(await town.stages(2)).toEqual(["bill-open"]);
    expect(await town.stages(3)).toEqual([]);
    const events = await town.db.owner.sql.rows(
      "select subject from outbox_events where type = 'reminders.entered'",
    );
    expect(events).toEqual([{ subject: `reminder-run:${done.runId}` }]);
  });

  test("done again it does nothing; on the next day it takes whoever is new", async () => {
    expect(await town.advance()).toMatchObject({ entered: 28n });
    await town.release(3, 1n);
    const next = await town.advanceOn("2026-09-02");
    expect(next).toMatchObject({ stage: "bill-open", entered: 1n, paused: 0n });
    expect(await town.stages(3)).toEqual(["bill-open"]);
    expect(await town.advanceOn("2026-09-03")).toMatchObject({ entered: 0n });
  });

  test("four at once are one, and one that was left in the middle is finished", async () => {
    town.at("2026-10-20");
    const all = await Promise.all(Array.from({ length: 4 }, () => town.advance({ chunkAccounts: 5 })));
    for (const done of all)
      expect(done).toMatchObject({ stage: "gentle", entered: 29n, runId: all[0]?.runId });
    town.at("2026-11-08");
    await town.db.owner.sql.run(
      `insert into dunning_runs (business_date, season_id, ladder_id, rank, started_at, cursor_account_id)
       select '2026-11-08', 2026, id, 30, now(), 20 from dunning_ladders`,
    );
    // What the dead process had done up to its cursor is not looked at again by this pass.
    expect(await town.advance()).toMatchObject({ stage: "last-days", entered: 10n });
    expect(await town.advanceOn("2026-11-09")).toMatchObject({ entered: 19n });
    const twice = await town.db.owner.sql.rows(
      "select account_id from dunning_entries group by account_id, season_id, rank having count(*) > 1",
    );
    expect(twice).toEqual([]);
  });

  test("stages that were missed are not made up for, and a day to come is refused", async () => {
    await town.db.owner.sql.run("update bills set paid_fen = 0 where account_id = 1");
    expect(await town.advanceOn("2026-11-10")).toMatchObject({ stage: "last-days", entered: 1n });
    expect(await town.stages(1)).toEqual(["last-days"]);
    expect(await refusal(town.advance({ day: on("2026-11-11") }))).toBe("reminders.day-ahead");
    // A pass of a day that is over finds everybody further on.
    expect(await town.advance({ day: on("2026-10-25") })).toMatchObject({ stage: "gentle", entered: 0n });
  });

  test("whoever may not run it is refused; the database refuses the way back", async () => {
    const agent = { ...town.cashier, roles: ["agent" as const] };
    expect(await refusal(advanceLadder(town.platform, { actor: agent }))).toBe("forbidden");
    await expect(
      town.db.owner.sql.run("update dunning_standings set rank = 20 where account_id = 1"),
    ).rejects.toMatchObject({ constraint: "dunning_standings_forward" });
    await expect(
      town.db.owner.sql.run("update dunning_entries set entered_on = '2026-01-01'"),
    ).rejects.toThrow(/never changed/);
  });

  test("the proofs hold", async () => {
    expect(await runProofs(town.db.database, reminderProofs)).toEqual([]);
  });
});

describe("valve notice and letters", () => {
  let town: OwingTown;
  beforeAll(async () => {
    town = await createOwingTown(12, { at: "2026-11-15" });
    const { owner } = town.db;
    // 1: paid; 2: series loop; 3: closed valve; 4: stopped; 5: on hold; 6: due by rule.
    await town.pay(1);
    await owner.sql.run("update charge_point_terms set loop_type = 'series' where charge_point_id = 2");
    await owner.sql.run("update valve_states set state = 'closed' where charge_point_id = 3");
    await owner.sql.run("update supply_states set state = 'suspended' where charge_point_id = 4");
    await town.hold(5, "dispute", on("2026-11-01"));
    await owner.sql.run("update bills set state = 'due' where account_id in (2, 6)");
    await withFiles(town);
  });
  afterAll(() => town.db.drop());

  test("wait for the certificates of the day before, and for the counters", async () => {
    await town.db.owner.sql.run(
      `insert into shifts (staff_id, till, business_day, opened_at) select id, 'T9', '2026-11-14', now() from staff_members
       where login = 'cashier-one'`,
    );
    const waiting = await town.advance();
    expect(waiting).toMatchObject({ stage: "valve-notice", runId: null, entered: 0n });
    expect(waiting.waitingFor).toEqual([
      { channel: "bank-a", why: "no-certificate" },
      { channel: "bank-b", why: "no-certificate" },
      { channel: "till T9", why: "shift-open" },
    ]);
    await certify(town, 2, "2026-11-14");
    await certify(town, 2, "2026-11-14");
    await certify(town, 3, "2026-11-14");
    expect((await town.advance()).waitingFor).toHaveLength(1);
  });

  test("the timetable's run waits and is tried again, then is done", async () => {
    const job = { name: "reminders", at: "06:30", leaseMs: 60_000, run: advanceReminders };
    const services = { platform: town.platform };
    const now = new Date("2026-11-15T09:00:00+08:00");
    const first = await runIfDue(town.db.database, job, services, now);
    expect(first?.outcome).toMatchObject({ waitingFor: { stage: "valve-notice" } });
    expect(await runIfDue(town.db.database, job, services, now)).toBeNull();
    await town.db.owner.sql.run("update shifts set state = 'closed', closed_at = now() where till = 'T9'");
    await town.db.owner.sql.run("update scheduled_runs set lease_until = now()");
    const all = await Promise.all(
      Array.from({ length: 4 }, () => runIfDue(town.db.database, job, services, now)),
    );
    expect(all.filter((one) => one !== null)).toHaveLength(1);
    expect(all.find((one) => one !== null)?.outcome).toMatchObject({ stage: "valve-notice", entered: 7 });
    for (const home of [1, 2, 3, 4, 5]) expect(await town.stages(home)).toEqual([]);
    expect(await town.stages(6)).toEqual(["valve-notice"]);
  });

  test("the closing list names whoever was told, and says at the door what has changed", async () => {
    const make = (text: string) => town.run((context) => makeClosingList(context, on(text), toldAtStage));
    expect(await refusal(make("2026-11-15"))).toBe("closing-list.day-not-over");
    town.at("2026-11-16");
    expect(await refusal(make("2026-11-15"))).toBe("arrears.not-certified");
    for (const channel of [2, 3]) await certify(town, channel, "2026-11-15");
    await town.pay(7);
    await town.db.owner.sql.run(
      `insert into payments (account_id, channel_id, serial, amount_fen, tender, paid_at, state)
       values (8, 2, 'D-1', 100, 'transfer', now(), 'doubtful')`,
    );
    const { list, made } = await make("2026-11-15");
    expect(made).toBe(true);
    // 6 and 9 to 12; 7 has paid, 8 is in doubt.
    expect(list).toMatchObject({ rowCount: 5, openFen: 5n * 205_200n, asOf: "2026-11-15" });
    expect(await make("2026-11-15")).toMatchObject({ made: false, list: { id: list.id } });
    await expect(town.db.owner.sql.run("update closing_list_rows set open_fen = 1")).rejects.toThrow(
      /never changed/,
    );
  });

  test("a debt stage is for what is due alone, of any loop", async () => {
    for (const channel of [2, 3]) await certify(town, channel, "2026-12-04");
    expect(await town.advanceOn("2026-12-05")).toMatchObject({ stage: "demand-letter", entered: 2n });
    expect(await town.stages(2)).toEqual(["demand-letter"]);
    expect(await town.stages(6)).toEqual(["valve-notice", "demand-letter"]);
    expect(await runProofs(town.db.database, reminderProofs)).toEqual([]);
  });
});

describe("why an account stands where it stands", () => {
  let town: OwingTown;
  beforeAll(async () => {
    town = await createOwingTown(6, { at: "2026-10-20", oldDebts: true });
  });
  afterAll(() => town.db.drop());
  const standing = (home: number, text = "2026-10-20") =>
    stageOf(town.db.database.sql, { accountId: BigInt(home), day: on(text) });

  test("before the pass, after it, paid, and on hold", async () => {
    expect(await standing(1)).toMatchObject({ reason: "next-pass", stage: null });
    expect((await standing(1)).amounts).toEqual({ openFen: 410_400n, seasonFen: 205_200n, dueFen: 205_200n });
    await town.advance();
    const reached = await standing(1);
    expect(reached).toMatchObject({ reason: "reached", stage: { code: "gentle", enteredOn: "2026-10-20" } });
    expect(reached.why["zh-CN"]).toContain("2,052.00");
    expect(reached.next).toMatchObject({ startsOn: "2026-11-08" });
    await town.pay(2, 410_400);
    expect(await standing(2)).toMatchObject({ reason: "nothing-to-pay", amounts: { openFen: 0n } });
    await town.hold(3, "mourning", on("2026-10-20"), on("2026-11-30"));
    const paused = await standing(3);
    expect(paused).toMatchObject({ reason: "paused", stage: { code: "gentle" } });
    expect(paused.why["zh-CN"]).toContain("治丧");
    expect(await standing(1, "2026-08-31")).toMatchObject({ season: 2025 });
  });

  test("what a reminder says is what is open now; paid, on hold or further on says no", async () => {
    const { runId } = await town.advance();
    const now = (ids: readonly number[]) =>
      remindersNow(town.db.database.sql, {
        runId: runId ?? 0n,
        accountIds: ids.map(BigInt),
        now: town.db.clock.now(),
      });
    await town.pay(4, 5_200);
    expect(await now([1, 2, 3, 4, 99])).toEqual([
      { accountId: 1n, goes: true, accountNo: "100000001", amountFen: 410_400n },
      { accountId: 2n, goes: false, reason: "paid-meanwhile" },
      { accountId: 3n, goes: false, reason: "hold-mourning" },
      { accountId: 4n, goes: true, accountNo: "100000004", amountFen: 405_200n },
      { accountId: 99n, goes: false, reason: "stage-not-reached" },
    ]);
    await town.advanceOn("2026-11-08");
    expect(await now([1])).toEqual([{ accountId: 1n, goes: false, reason: "later-stage-reached" }]);
  });
});

describe("a new version of the ladder", () => {
  let town: OwingTown;
  beforeAll(async () => {
    town = await createOwingTown(3);
  });
  afterAll(() => town.db.drop());

  const stagesOf = async () => (await findLadder(town.db.database.sql, 2026)).stages;
  const set = (actor: OwingTown["finance"], order: Parameters<typeof setLadder>[1], approvalId?: bigint) =>
    town.db.commands.run({ name: "test.ladder", actor }, (context) => setLadder(context, order, approvalId));

  test("needs two people and climbs; the stages of before keep their ranks", async () => {
    const stages = await stagesOf();
    const later = stages.map((stage) => (stage.code === "gentle" ? { ...stage, offsetDays: -26 } : stage));
    const order = { fromSeason: 2026, document: "客服[2026]7号", stages: later };
    const asked = await set(town.finance, order);
    expect(asked.result.state).toBe("approval-requested");
    const approvalId = BigInt(asked.result.approvalId);
    expect(await refusal(set(town.finance, order, approvalId))).toBe("approval.pending");
    await town.db.commands.run({ name: "test.approve", actor: town.approver }, (context) =>
      decideApproval(context, approvalId, "approved", ""),
    );
    const other = { ...order, document: "another" };
    expect(await refusal(set(town.finance, other, approvalId))).toBe("approval.changed");
    expect((await set(town.finance, order, approvalId)).result.state).toBe("done");
    expect(await refusal(set(town.finance, order, approvalId))).toBe("approval.already-used");
    expect(await town.advanceOn("2026-10-15")).toMatchObject({ stage: "gentle", entered: 3n });
    // The season before goes by the standard.
    expect((await findLadder(town.db.database.sql, 2025)).stages).toEqual(stages);
  });

  test("stages that go back, and a rank that means something else, are refused", async () => {
    const stages = await stagesOf();
    const order = (changed: typeof stages) => ({ fromSeason: 2026, document: "x", stages: changed });
    expect(await refusal(set(town.finance, order(stages.toReversed())))).toBe("reminders.out-of-order");
    const moved = stages.map((stage) => (stage.code === "gentle" ? { ...stage, rank: 25 } : stage));
    expect(await refusal(set(town.finance, order(moved)))).toBe("reminders.rank-moved");
    const renamed = stages.map((stage) => (stage.code === "gentle" ? { ...stage, code: "soft" } : stage));
    expect(await refusal(set(town.finance, order(renamed)))).toBe("reminders.rank-moved");
    await expect(
      town.db.owner.sql.run(
        `insert into dunning_stages select ladder_id, 41, 'gentle', name_zh, name_en, anchor, offset_days, audience,
           after_certificates, template from dunning_stages where code = 'gentle' limit 1`,
      ),
    ).rejects.toThrow(/dunning_stages/);
  });
});
