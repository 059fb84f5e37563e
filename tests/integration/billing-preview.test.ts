/** The preview: every charge point in one group, each with its reason, and last season's bills again to the fen. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAreaM2 } from "#src/kernel/area.ts";
import { day } from "#src/kernel/day.ts";
import { fen } from "#src/kernel/money.ts";
import { parsePriceYuan } from "#src/kernel/rate.ts";
import {
  findCandidates,
  issueBillRun,
  PREVIEW_GROUPS,
  previewBillRun,
  previewPages,
  previewRecord,
} from "#src/money/billing/index.ts";
import { setPrice } from "#src/money/tariffs/index.ts";
import { accessAccount, changeTerms } from "#src/town/accounts/index.ts";
import { type BillingTown, createBillingTown, runningOn, setSupply } from "#tests/support/billing.ts";
import { home, openTestAccount } from "#tests/support/small-town.ts";

let town: BillingTown;
const today = day("2026-09-01");

const change = async (accountNo: string, overrides: Parameters<typeof home>[0]) => {
  await town.db.commands.run({ name: "account.change-terms", actor: town.db.actor }, async (context) => {
    const account = await accessAccount(context.sql, town.db.actor, accountNo, context.today);
    const { innerArea, grossArea, ...rest } = home(overrides);
    return changeTerms(context, {
      account,
      effectiveOn: day("2026-06-01"),
      ...rest,
      innerArea,
      grossArea,
    });
  });
};

beforeAll(async () => {
  town = await createBillingTown("2025-09-01T09:00:00+08:00");
  const { db } = town;
  await openTestAccount(db, town.town, "H012", { openedOn: day("2025-07-01") });
  await issueBillRun(runningOn(db), { actor: db.actor, season: 2025 });
  db.clock.set("2026-09-01T09:00:00+08:00");
  // What happened in a year: H001 became a shop, H002 measured again, H003 garage, H006 gone, H012 as before, H020 new.
  await change("H001", { heatClass: "non-residential", innerArea: null, grossArea: parseAreaM2("100") });
  await change("H002", { innerArea: parseAreaM2("88.40") });
  await change("H003", { loopType: "series", shareBasisPoints: 8500 });
  await change("H011", { shareBasisPoints: 4900 });
  await setSupply(db, "H006", "cut-off");
  await openTestAccount(db, town.town, "H020", { openedOn: day("2026-08-01") });
});
afterAll(() => town.db.drop());

const preview = (options: Partial<Parameters<typeof previewBillRun>[1]> = {}) =>
  previewBillRun(town.db.database.sql, { season: 2026, today, ...options });

const listed = async (options: Partial<Parameters<typeof previewPages>[1]> = {}) => {
  const records = [];
  const pages = previewPages(town.db.database.sql, {
    season: 2026,
    today,
    groups: PREVIEW_GROUPS,
    pageAccounts: 5,
    ...options,
  });
  for await (const page of pages) records.push(...page.rows.map(previewRecord));
  return records;
};

test("every charge point is in exactly one group with its reason, and the counts add up to the roll", async () => {
  const figures = await preview();
  const total = figures.groups.reduce((sum, group) => sum + group.count, 0n);
  expect([total, figures.rollCount]).toEqual([13n, 13n]);
  expect((await listed()).map(({ accountNo, group, reason }) => [accountNo, group, reason])).toEqual([
    ["H001", "class-changed", "class residential > non-residential"],
    ["H002", "area-changed", "area 88.37 > 88.40 m2"],
    ["H003", "beyond-limit", "share 8500 basis points"],
    ["H004", "same", ""],
    ["H005", "refused", "supply.suspended"],
    ["H006", "gone", "supply.cut-off"],
    ["H007", "refused", "supply.cut-off"],
    ["H008", "refused", "account.closed"],
    ["H009", "refused", "area.zero"],
    ["H010", "refused", "supply.never-opened"],
    ["H011", "amount-changed", "share 4900 basis points"],
    ["H012", "same", ""],
    ["H020", "new", "no bill last season"],
  ]);
});

test("count and sum by class, last season and the limits stand beside", async () => {
  const figures = await preview();
  expect(figures).toMatchObject({
    asOf: "2026-09-01",
    count: 7n,
    lastSeason: { season: 2025, count: 7n, sumFen: 1_460_884n },
    // H001 by both limits, H003 by both.
    beyondCount: 2n,
    issued: { count: 0n },
  });
  expect(figures.byClass).toEqual([
    { heatClass: "residential", loopType: "independent", count: 4n, sumFen: residential() },
    { heatClass: "residential", loopType: "series", count: 1n, sumFen: 174_420n },
    { heatClass: "non-residential", loopType: "independent", count: 2n, sumFen: 672_000n },
  ]);
  expect(figures.sumFen).toBe(figures.byClass.reduce((sum, row) => sum + row.sumFen, 0n));
  const strict = await preview({ limitBasisPoints: 1, limitFen: fen(100_000n) });
  expect(strict.beyondCount).toBe(4n);
  const loose = await preview({ limitBasisPoints: 100_000, limitFen: fen(10_000_000n) });
  expect(loose.beyondCount).toBe(0n);
  expect(loose.groups.find(({ group }) => group === "amount-changed")?.count).toBe(2n);
});

/** 88.40, 90.00 twice, and 49% of 90.00 m2, at 22.80 yuan. */
const residential = () => 201_552n + 2n * 205_200n + 100_548n;

test("last season previewed again on the day of its run gives its bills to the fen, although terms changed since", async () => {
  const again = await preview({ season: 2025, asOf: day("2025-09-01") });
  expect(again.issued).toEqual({ count: 7n, sumFen: 1_460_884n, differingCount: 0n });
  const now = await preview({ season: 2025, asOf: today });
  expect(now.issued.differingCount).toBe(4n);
  const stored = await town.db.database.sql.rows<{ id: bigint; amountFen: bigint }>(
    `select id, amount_fen as "amountFen" from bills where season_id = 2025 order by account_id`,
  );
  const candidates = await findCandidates(town.db.database.sql, {
    season: 2025,
    asOf: day("2025-09-01"),
    fromAccount: 0n,
    toAccount: 99_999n,
  });
  expect(
    candidates
      .filter((candidate) => candidate.existingBillId !== null)
      .map(({ existingBillId, amountFen }) => ({ id: existingBillId, amountFen })),
  ).toEqual(stored);
});

test("a changed price is its own reason, and the season before keeps the old one", async () => {
  const { db } = town;
  await db.commands.run({ name: "tariff.set-price", actor: db.actor }, (context) =>
    setPrice(context, {
      heatClass: "residential",
      basis: "area-day",
      priceMicroYuan: parsePriceYuan("0.20"),
      from: day("2026-11-01"),
      until: null,
      document: "郑发改价[2026]1号",
      approvedBy: "郑州市发展和改革委员会",
    }),
  );
  const changed = (await listed({ groups: ["price-changed"] })).map(({ accountNo, reason }) => [
    accountNo,
    reason,
  ]);
  expect(changed).toEqual([
    ["H003", "price 0.19 > 0.20 yuan"],
    ["H011", "price 0.19 > 0.20 yuan"],
    ["H012", "price 0.19 > 0.20 yuan"],
  ]);
  const again = await preview({ season: 2025, asOf: day("2025-09-01") });
  expect(again.issued.differingCount).toBe(0n);
});

test("after the issue every billed point stands under issued, with the sum that was previewed", async () => {
  const before = await preview();
  await issueBillRun(runningOn(town.db), { actor: town.db.actor, season: 2026 });
  const after = await preview();
  expect(after.issued).toEqual({ count: before.count, sumFen: before.sumFen, differingCount: 0n });
  expect(after).toMatchObject({ count: 0n, sumFen: 0n });
  expect(after.groups.reduce((sum, group) => sum + group.count, 0n)).toBe(after.rollCount);
});

test("a season without prices and an unknown season are refused", async () => {
  await town.db.owner.sql.run("delete from season_rules where season_id = 2025");
  await expect(preview({ season: 2025 })).rejects.toMatchObject({ code: "season.no-price" });
  await expect(preview({ season: 2040 })).rejects.toMatchObject({ code: "season.unknown" });
});

test("a last day of payment that has passed is said before anything is issued", async () => {
  const rules = await town.db.database.sql.rows<{ dueOn: string }>(
    `select distinct due_on::text as "dueOn" from season_rules
     where season_id = 2026 and due_on is not null order by 1`,
  );
  const [dueOn] = rules.map((rule) => rule.dueOn);
  expect(dueOn).toBeDefined();
  expect((await preview({ today: day(String(dueOn)) })).pastDueOn).toBe(null);
  expect((await preview({ today: day("2027-08-01") })).pastDueOn).toBe(rules.at(-1)?.dueOn);
});
