import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rememberBeginning } from "#tests/support/beginning.ts";
import { TEST_SECRET_KEY, type TestDatabase } from "#tests/support/database.ts";
import { createOpeningTown, csv, HEADER, type OpeningTown, ROWS, TOTALS } from "#tests/support/opening.ts";

let town: OpeningTown;
let db: TestDatabase;
let startAgain: () => Promise<void>;
beforeAll(async () => {
  town = await createOpeningTown();
  ({ db } = town);
  startAgain = await rememberBeginning(db);
});
afterAll(() => town.drop());
beforeEach(() => startAgain());

describe("a file is refused whole", () => {
  const refusedWith = async (code: string, rows: readonly string[], totals = TOTALS) => {
    const before = await town.everything();
    const file = await town.save(csv(rows));
    const errorsPath = path.join(town.folder, `errors.csv`);
    const error = await town.load(file, { errorsPath }, totals).then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    expect(error).toMatchObject({ code });
    expect(await town.everything()).toEqual(before);
    return { error, errors: await readFile(errorsPath, "utf8").catch(() => "") };
  };

  test("when it does not equal the trial balance, with each difference", async () => {
    const wrong = { ...TOTALS, receivable: "2495.91", suspense: "7.70" };
    const { error } = await refusedWith("opening.totals-differ", ROWS, wrong);
    expect(error).toMatchObject({
      detail: {
        facts: {
          receivable: { expectedFen: 249_591n, foundFen: 249_590n, differenceFen: -1n },
          prepaid: { differenceFen: 0n },
          suspense: { expectedFen: 770n, foundFen: 7_770n, differenceFen: 7_000n },
        },
      },
    });
  });

  const BAD_ROWS: readonly (readonly [string, string])[] = [
    ["kind-unknown", "10000001,罚款,2023,1.00,,,,,,,"],
    ["account-no-missing", ",欠费,2023,1.00,,,,,,,"],
    ["account-no-unreadable", "一号楼,欠费,2023,1.00,,,,,,,"],
    ["amount-unreadable", "10000001,欠费,2023,0,,,,,,,"],
    ["amount-unreadable", "10000001,欠费,2023,-5,,,,,,,"],
    ["amount-unreadable", "10000001,预收,,1.005,,,,,,,"],
    ["season-unreadable", "10000001,欠费,2023-2025,1.00,,,,,,,"],
    ["season-not-begun", "10000001,欠费,2031,1.00,,,,,,,"],
    ["invoiced-unreadable", "10000001,欠费,2023,1.00,,也许,,,,,"],
    ["supply-state-unknown", "10000002,停用,,,,,,,冷,,"],
    ["valve-state-unknown", "10000001,阀门,,,,,,,,半开,"],
    ["till-unreadable", ",末号,,,,,12,,,,"],
    ["receipt-no-unreadable", ",末号,,,,,A12,T02,,,"],
    ["state-twice", "10000001,停用,,,,,,,,,"],
    ["series-twice", ",末号,,,,,12,T01,,,"],
  ];

  test("for a row that cannot be read, or contradicts another", async () => {
    for (const [reason, row] of BAD_ROWS) {
      const { error, errors } = await refusedWith("opening.rows-refused", [...ROWS, row]);
      expect([reason, error]).toMatchObject([
        reason,
        { detail: { facts: { rows: reason.endsWith("-twice") ? 2 : 1 } } },
      ]);
      const kept = row.replace(",-5,", ",'-5,");
      expect(errors).toContain(`\r\n${kept},14,`);
      expect(errors).toContain(`,${reason}\r\n`);
    }
  });

  test("for households that money has moved for", async () => {
    await town.load(
      await town.save(csv(ROWS.slice(0, 1))),
      {},
      { receivable: "2052", prepaid: "0", suspense: "0" },
    );
    const { error, errors } = await refusedWith("opening.account-has-postings", ROWS);
    expect(error).toMatchObject({ detail: { row: 2, facts: { rows: 2 } } });
    expect(errors).toContain("account-has-postings");
  });

  test("for its header, for nothing in it, for a season before the first", async () => {
    const bad = await town.save("户号,类型,金额,颜色\r\n1,欠费,1,红");
    await expect(town.load(bad)).rejects.toMatchObject({ code: "opening.unknown-column" });
    await expect(town.load(await town.save("户号,类型\r\n"))).rejects.toMatchObject({
      code: "opening.column-missing",
    });
    await expect(town.load(await town.save(HEADER))).rejects.toMatchObject({ code: "opening.empty" });
    await expect(town.load(path.join(town.folder, "none.csv"))).rejects.toMatchObject({
      code: "opening.file-unreadable",
    });
    await db.owner.sql.run("delete from season_rules");
    await db.owner.sql.run("delete from heating_seasons");
    await refusedWith("opening.no-season", ROWS);
  });

  test("the error file is the rows as they were, and can be mended", async () => {
    const errorsPath = path.join(town.folder, "mend.csv");
    await town.load(await town.save(csv(ROWS)), { errorsPath });
    const lines = (await readFile(errorsPath, "utf8")).split("\r\n");
    expect(lines[0]).toBe(`\ufeff${HEADER},行号,原因,原因代码`);
    expect(lines.slice(1, 4).map((line) => line.split(",").slice(-3))).toEqual([
      ["5", "户号不在户籍中；金额暂记迁移待查", "account-unknown"],
      ["8", "户号不在户籍中；金额暂记迁移待查", "account-unknown"],
      ["12", "户号不在户籍中；停用或阀门状态未录入", "state-account-unknown"],
    ]);
  });
});

describe("the command", () => {
  const project = path.resolve(import.meta.dirname, "..", "..");
  const nuan = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, ["src/cli/nuan.ts", ...argv, "--json"], {
      cwd: project,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        DATABASE_URL: db.ownerUrl,
        SECRET_KEY: TEST_SECRET_KEY,
        AUDIT_ANCHOR_FILE: path.join(town.folder, "anchors.log"),
        ...env,
      },
    });
  const totals = ["--receivable", "2,495.90", "--prepaid", "520.01", "--suspense", "77.70"];

  test("killed before its commit leaves nothing; again it loads, and again it says so", async () => {
    const file = await town.save(csv(ROWS));
    const before = await town.everything();
    const killed = nuan(["opening", "import", file, ...totals], { NUAN_FAILPOINT: "before-commit" });
    expect(killed.signal).toBe("SIGKILL");
    expect(await town.everything()).toEqual(before);
    const loaded = nuan(["opening", "import", file, ...totals]);
    expect([loaded.status, JSON.parse(loaded.stdout)]).toMatchObject([
      0,
      { importedBefore: false, receivableFen: 249_590, pendingReceivableFen: 3_140 },
    ]);
    const after = await town.everything();
    const again = nuan(["opening", "import", file, ...totals]);
    expect(JSON.parse(again.stdout)).toMatchObject({ importedBefore: true, receivableFen: 249_590 });
    expect(await town.everything()).toEqual(after);
  });

  test("refuses with the differences and exit code 1, and needs all three totals", async () => {
    const file = await town.save(csv(ROWS));
    const wrong = ["--receivable", "2495.91", "--prepaid", "520.01", "--suspense", "77.70"];
    const refused = nuan(["opening", "import", file, ...wrong, "--dry-run"]);
    expect([refused.status, JSON.parse(refused.stdout)]).toMatchObject([
      1,
      {
        code: "opening.totals-differ",
        facts: { receivable: { expectedFen: 249_591, foundFen: 249_590, differenceFen: -1 } },
      },
    ]);
    expect(nuan(["opening", "import", file, "--receivable", "1"]).status).toBe(2);
  });
});
