/** Prices and billing days: dated, with their documents, and never under bills that were made. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { parsePriceYuan } from "#src/kernel/rate.ts";
import { explainBillLine, findLines, issueBillRun } from "#src/money/billing/index.ts";
import {
  explainSeasonTariff,
  findPrices,
  findSeasonRules,
  installZhengzhouTariff,
  type PriceInput,
  setPrice,
  setSeasonRule,
} from "#src/money/tariffs/index.ts";
import { defineSeason, zhengzhouSeason } from "#src/office/calendars/index.ts";
import { type BillingTown, createBillingTown, runningOn } from "#tests/support/billing.ts";

let town: BillingTown;
beforeAll(async () => {
  town = await createBillingTown();
});
afterAll(() => town.db.drop());

const price = (overrides: Partial<PriceInput> = {}): PriceInput => ({
  heatClass: "non-residential",
  basis: "area-day",
  priceMicroYuan: parsePriceYuan("0.30"),
  from: day("2027-11-01"),
  until: null,
  document: "郑发改价[2027]2号",
  approvedBy: "郑州市发展和改革委员会",
  ...overrides,
});
const set = (overrides: Partial<PriceInput> = {}) =>
  town.db.commands.run({ name: "tariff.set-price", actor: town.db.actor }, (context) =>
    setPrice(context, price(overrides)),
  );
const rule = (overrides: Partial<Parameters<typeof setSeasonRule>[1]> = {}) =>
  town.db.commands.run({ name: "tariff.set-season-rule", actor: town.db.actor }, (context) =>
    setSeasonRule(context, {
      seasonId: 2026,
      heatClass: "residential",
      loopType: "independent",
      billingDays: 121,
      dueOn: null,
      document: "d",
      approvedBy: "a",
      ...overrides,
    }),
  );

describe("Zhengzhou", () => {
  test("installing it again changes nothing", async () => {
    const before = [
      await findPrices(town.db.database.sql),
      await findSeasonRules(town.db.database.sql, 2026),
    ];
    await town.db.commands.run({ name: "tariff.install-zhengzhou", actor: town.db.actor }, (context) =>
      installZhengzhouTariff(context, [2025, 2026]),
    );
    expect([
      await findPrices(town.db.database.sql),
      await findSeasonRules(town.db.database.sql, 2026),
    ]).toEqual(before);
  });

  test("a square metre costs 22.80 or 33.60 yuan a season, and the page says why", async () => {
    const tariffs = await explainSeasonTariff(town.db.database.sql, 2026);
    expect(
      tariffs.map(({ rule: of, yuanPerM2 }) => [of.heatClass, of.loopType, of.dueOn, yuanPerM2]),
    ).toEqual([
      ["residential", "independent", null, "22.80"],
      ["residential", "series", "2026-11-15", "22.80"],
      ["non-residential", "independent", "2026-11-15", "33.60"],
      ["non-residential", "series", "2026-11-15", "33.60"],
    ]);
    expect(tariffs[0]?.sentence["zh-CN"]).toContain(
      "0.19 元/㎡·天（郑价工[2008]24号；郑价商函[2012]9号）× 120 天",
    );
    expect(tariffs[1]?.sentence.en).toContain("unpaid from 2026-11-15 on it is a debt");
    await expect(explainSeasonTariff(town.db.database.sql, 1995)).rejects.toMatchObject({
      code: "season.unknown",
    });
  });
});

describe("setting a price", () => {
  test("ends the open version on its day and leaves it in force before", async () => {
    await set();
    const versions = (await findPrices(town.db.database.sql)).filter(
      (version) => version.heatClass === "non-residential",
    );
    expect(versions.map(({ from, until }) => [from, until])).toEqual([
      ["2008-11-15", "2027-11-01"],
      ["2027-11-01", null],
    ]);
  });

  test.each([
    ["a second time", {}, "price.overlaps"],
    ["into the past of a version", { from: day("2010-01-01") }, "price.overlaps"],
    ["of nothing", { priceMicroYuan: parsePriceYuan("0.00"), from: day("2030-01-01") }, "price.zero"],
    ["that ends before it begins", { from: day("2030-01-01"), until: day("2029-01-01") }, "price.dates"],
  ])("%s is refused", async (_name, overrides, code) => {
    await expect(set(overrides)).rejects.toMatchObject({ code });
  });

  test("two at once: one of them is refused, and no day has two prices", async () => {
    const both = await Promise.allSettled([
      set({ from: day("2029-11-01") }),
      set({ from: day("2029-11-01"), priceMicroYuan: parsePriceYuan("0.31") }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("once bills are made", () => {
  beforeAll(async () => {
    await issueBillRun(runningOn(town.db), { actor: town.db.actor, season: 2026 });
  });

  test("their price and days stand, the due rule may move", async () => {
    await expect(set({ heatClass: "residential", from: day("2026-11-01") })).rejects.toMatchObject({
      code: "price.in-use",
      detail: { facts: { season: 2026 } },
    });
    await expect(rule()).rejects.toMatchObject({ code: "season-rule.in-use" });
    await rule({ billingDays: 120, dueOn: day("2026-12-31") });
    const rules = await findSeasonRules(town.db.database.sql, 2026);
    expect(rules[0]).toMatchObject({ billingDays: 120, dueOn: "2026-12-31" });
  });

  test("why an amount names what said the days when the bill was made, whatever moved the due rule since", async () => {
    const { sql } = town.db.database;
    const why = async () => {
      const { id } = await sql.one<{ id: bigint }>(
        `select bill.id from bills bill join heat_accounts account on account.id = bill.account_id
         where account.account_no = 'H001' and bill.season_id = 2026`,
      );
      const [line] = await findLines(sql, [id]);
      const explained = explainBillLine(must(line, "the line of the bill"));
      return explained.sentences.en.join(" ");
    };
    const [before] = await findSeasonRules(sql, 2026);
    const said = await why();
    expect(said).toContain(must(before, "the rule").document);
    await rule({
      billingDays: 120,
      dueOn: day("2027-01-15"),
      document: "会议纪要[2026]88号",
      approvedBy: "总经理办公会",
    });
    const [after] = await findSeasonRules(sql, 2026);
    expect(after).toMatchObject({
      document: before?.document,
      approvedBy: before?.approvedBy,
      dueOn: "2027-01-15",
      dueDocument: "会议纪要[2026]88号",
      dueApprovedBy: "总经理办公会",
    });
    expect(await why()).toBe(said);
  });

  test("days that cannot be and a season that is not", async () => {
    await expect(rule({ billingDays: 0 })).rejects.toMatchObject({ code: "season-rule.bad-days" });
    await expect(rule({ seasonId: 2050 })).rejects.toMatchObject({ code: "season.unknown" });
  });
});

test("a season is defined once; other dates are refused, the same again is not", async () => {
  const define = (season: Parameters<typeof defineSeason>[1]) =>
    town.db.commands.run({ name: "season.define", actor: town.db.actor }, (context) =>
      defineSeason(context, season),
    );
  await define(zhengzhouSeason(2028));
  await define(zhengzhouSeason(2028));
  await expect(define({ ...zhengzhouSeason(2028), endsOn: day("2029-03-22") })).rejects.toMatchObject({
    code: "season.exists",
  });
  await expect(define({ ...zhengzhouSeason(2029), id: 2030 })).rejects.toMatchObject({
    code: "season.dates",
  });
});
