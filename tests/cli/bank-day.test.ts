/** `nuan bank day` says what is missing, and a bridge that does not close is a refusal. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordCreditByHand } from "#src/bank/reconciliation/index.ts";
import { fen } from "#src/kernel/money.ts";
import {
  agreeToFile,
  bankRow,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  onDay,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { TEST_SECRET_KEY } from "#tests/support/database.ts";
import { nuan, objectOf, type Run } from "./terminal.ts";

const script = path.resolve(import.meta.dirname, "../support/bank-import-process.ts");
const LINES = 700;

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 60 });
});
afterAll(() => town.drop());

const bankDay = (...more: readonly string[]): Promise<Run> =>
  nuan(["bank", "day", "--channel", FILE_CHANNEL, "--day", "2026-11-10", ...more], {
    DATABASE_URL: town.db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    DATA_DIR: town.folder,
  });

test("a file that was left half posted is named, and the command ends with 1 until it is finished", async () => {
  const rows = Array.from({ length: LINES }, (_, n) => bankRow(`D${n}`, (n % 60) + 1, { amountMinor: 100n }));
  const source = await writeBankFile(town, rows);
  const child = spawn(process.execPath, [script, town.db.appUrl, source, FILE_CHANNEL], {
    env: { ...process.env, NUAN_FAILPOINT: "import-chunk-after:1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await once(child, "exit");
  const { id } = await town.db.owner.sql.one<{ id: bigint }>("select id from import_files");
  const broken = await bankDay();
  expect(broken.stdout).toContain("THE BRIDGE DOES NOT CLOSE");
  expect(broken.stdout).toContain(`Import ${id} is not posted to its end`);
  expect(broken.code).toBe(1);
  const told = await bankDay("--json");
  expect([told.code, objectOf(told)]).toMatchObject([
    1,
    { days: [{ closes: false, unfinishedImportId: String(id) }] },
  ]);
  await importFile(town, source);
  const whole = await bankDay();
  expect([whole.code, whole.stdout.includes("not posted to its end")]).toEqual([0, false]);
  expect(whole.stdout).toContain("the bridge closes to the fen");
});

test("a file with a line in doubt ends the command with 1 until two people agreed; the command then posts it", async () => {
  const source = await writeBankFile(town, [bankRow("C1", 1), bankRow("C2", "700000001")], {
    bankDay: onDay("2026-11-08"),
  });
  const bring = () =>
    nuan(["bank", "import", source, "--channel", FILE_CHANNEL, "--json"], {
      DATABASE_URL: town.db.ownerUrl,
      SECRET_KEY: TEST_SECRET_KEY,
      DATA_DIR: town.folder,
    });
  const held = await bring();
  expect([held.code, held.stdout]).toEqual([1, expect.stringContaining("file.held")]);
  expect(await town.db.owner.sql.rows("select 1 from payments where serial = 'C1'")).toEqual([]);
  await agreeToFile(town, source);
  expect([(await bring()).code, (await bring()).code]).toEqual([0, 1]);
  expect(await town.db.owner.sql.rows("select 1 from payments where serial = 'C1'")).toHaveLength(1);
});

test("the gap of settlement is what the bank has not credited yet", async () => {
  expect((await bankDay()).stdout).toMatch(/gap of settlement 资金差\s+-\n/);
  await town.as(town.finance, (context) =>
    recordCreditByHand(context, {
      channel: FILE_CHANNEL,
      day: onDay("2026-11-10"),
      reference: "R1",
      amountFen: fen(60_000n),
      feeFen: fen(0n),
      valueDate: onDay("2026-11-11"),
    }),
  );
  expect((await bankDay()).stdout).toMatch(/gap of settlement 资金差\s+100\.00\n/);
});

test("a day without a file is no refusal", async () => {
  const run = await nuan(["bank", "day", "--channel", FILE_CHANNEL, "--day", "2026-11-09"], {
    DATABASE_URL: town.db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    DATA_DIR: town.folder,
  });
  expect(run.stdout).toContain("no file yet");
  expect(run.code).toBe(0);
});
