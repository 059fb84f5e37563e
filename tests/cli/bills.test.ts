/** `nuan bills`: preview with its lists, issue, what a kill leaves behind, and what falls due. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installTariff, offendersOf } from "#tests/support/billing.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantTown } from "#tests/support/town.ts";
import { nuan, objectOf } from "./terminal.ts";

const HOMES = 12_000;
const SUM_FEN = HOMES * 205_200;
let db: TestDatabase;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  db = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-bills-"));
  env = {
    DATABASE_URL: db.ownerUrl,
    SECRET_KEY: "a-key-for-tests-with-at-least-32-characters",
    DATA_DIR: folder,
  };
  await standOn("2026-09-02T09:00:00+08:00");
  await plantTown(db.owner, HOMES);
  await installTariff(db, [2023, 2024, 2025]);
  await db.owner.sql.run(
    "update charge_point_terms set loop_type = 'series' where charge_point_id % 100 = 0",
  );
});
afterAll(async () => {
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** The business clock of the processes that the tests start. */
const standOn = (instant: string) =>
  db.owner.sql.run(
    `update database_facts set business_clock_offset_seconds =
       extract(epoch from :instant::timestamptz - clock_timestamp())::bigint`,
    { instant },
  );

const bills = (season: number) =>
  db.database.sql.one<{ count: bigint; homes: bigint; sumFen: bigint }>(
    `select count(*) as count, count(distinct charge_point_id) as homes, coalesce(sum(amount_fen), 0)::bigint as "sumFen"
     from bills where season_id = :season`,
    { season },
  );

/** `nuan` in a process of its own that ends itself at a failpoint, as `kill -9` would. */
const killedAt = async (failpoint: string, args: readonly string[]): Promise<NodeJS.Signals | null> => {
  const child = spawn(process.execPath, ["src/cli/nuan.ts", ...args, "--json"], {
    env: { ...env, PATH: process.env["PATH"], NUAN_FAILPOINT: failpoint },
    stdio: "ignore",
  });
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return signal;
};

describe("preview", () => {
  test("counts, and writes one list per group that adds up to the roll", async () => {
    const lists = path.join(folder, "lists");
    const run = await nuan(["bills", "preview", "--season", "2025", "--lists", lists, "--json"], env);
    expect([run.code, objectOf(run)]).toMatchObject([0, { count: HOMES, sumFen: SUM_FEN, rollCount: HOMES }]);
    const read = (name: string): Record<string, string>[] =>
      parse(readFileSync(path.join(lists, `${name}.csv`)), { columns: true, bom: true });
    expect(read("same")).toEqual([]);
    const fresh = read("new");
    expect(fresh).toHaveLength(HOMES);
    expect(fresh[0]).toMatchObject({
      accountNo: "100000001",
      reason: "no bill last season",
      areaM2: "90.00",
      amountYuan: "2052.00",
    });
  });

  test("reads well on a terminal, and refuses in one line", async () => {
    const run = await nuan(["bills", "preview", "--season", "2025"], env);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("24,624,000.00");
    const refused = await nuan(["bills", "preview", "--season", "2040", "--json"], env);
    expect([refused.code, objectOf(refused)]).toMatchObject([1, { code: "season.unknown" }]);
    expect((await nuan(["bills", "preview"], env)).code).toBe(2);
  });
});

describe("issue", () => {
  test.each([
    // Two lanes of 6,000 homes in chunks of 5,000: the other lane may have committed a chunk more, or less.
    ["before the first chunk", "bill-chunk-before", 2023, [0n, 0n]],
    ["after the second chunk", "bill-chunk-after:2", 2024, [6000n, 11_000n]],
    ["within the third chunk, before its commit", "before-commit:4", 2025, [5000n, 11_000n]],
  ] as const)(
    "killed %s, it goes on from there and nobody gets two bills",
    async (_name, failpoint, season, [least, most]) => {
      const args = ["bills", "issue", "--season", String(season), "--as-of", "2026-09-01"];
      expect(await killedAt(failpoint, args)).toBe("SIGKILL");
      const left = (await bills(season)).count;
      expect(left).toBeGreaterThanOrEqual(least);
      expect(left).toBeLessThanOrEqual(most);
      const resumed = await nuan([...args, "--json"], env);
      expect([resumed.code, objectOf(resumed)]).toMatchObject([
        0,
        { resumed: true, newBills: HOMES - Number(left), issuedCount: HOMES, issuedSumFen: SUM_FEN },
      ]);
      expect(await bills(season)).toEqual({
        count: BigInt(HOMES),
        homes: BigInt(HOMES),
        sumFen: BigInt(SUM_FEN),
      });
      const again = await nuan([...args, "--json"], env);
      expect([again.code, objectOf(again)]).toMatchObject([0, { runId: null, newBills: 0 }]);
      expect(await offendersOf(db)).toEqual([]);
    },
  );

  test("an expectation that is not met is refused before anything is written", async () => {
    const run = await nuan(["bills", "issue", "--season", "2025", "--expect-sum", "0.01", "--json"], env);
    expect([run.code, objectOf(run)]).toMatchObject([1, { code: "bill-run.differs" }]);
  });
});

test("fall-due makes the series loops' offers into debts, once", async () => {
  await installTariff(db, [2026]);
  const issued = await nuan(["bills", "issue", "--season", "2026", "--json"], env);
  expect(objectOf(issued)).toMatchObject({ newBills: HOMES });
  const early = await nuan(["bills", "fall-due", "--season", "2026", "--json"], env);
  expect([early.code, objectOf(early)]).toMatchObject([0, { day: "2026-09-02", bills: 0, sumFen: 0 }]);
  await standOn("2026-11-15T00:10:00+08:00");
  const due = await nuan(["bills", "fall-due", "--season", "2026", "--json"], env);
  expect([due.code, objectOf(due)]).toMatchObject([
    0,
    { bills: 120, sumFen: 24_624_000, openFen: 24_624_000 },
  ]);
  expect(objectOf(await nuan(["bills", "fall-due", "--season", "2026", "--json"], env))).toMatchObject({
    bills: 0,
  });
  expect(await offendersOf(db)).toEqual([]);
});
