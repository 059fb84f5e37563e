/** A process that is killed in the middle of an import: whoever comes next finishes it, and no line is lost or doubled. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importBankFile, resumeBankImports } from "#src/bank/reconciliation/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import {
  agreeToFile,
  bankRow,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  postLive,
  writeBankFile,
} from "#tests/support/bank-town.ts";

const LINES = 1300;
const script = path.resolve(import.meta.dirname, "../support/bank-import-process.ts");

let town: BankTown;
beforeAll(async () => {
  town = await buildBankTown({ households: 400 });
});
afterAll(() => town.drop());

/** Runs the import in a process that ends itself at the failpoint. */
const importUntil = async (source: string, failpoint: string, channel = FILE_CHANNEL): Promise<void> => {
  const child = spawn(process.execPath, [script, town.db.appUrl, source, channel], {
    env: { ...process.env, NUAN_FAILPOINT: failpoint },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
};

const fileOf = (prefix: string): Promise<string> =>
  writeBankFile(town, [
    ...Array.from({ length: LINES }, (_, index) =>
      index === 700
        ? bankRow(`${prefix}-unknown`, "700000001")
        : bankRow(`${prefix}-${index}`, (index % 400) + 1, { amountMinor: 100n }),
    ),
    bankRow(`${prefix}-back`, 1, { kind: "reversal", originalSerial: `${prefix}-0`, amountMinor: 100n }),
  ]);

const expectWhole = async (prefix: string): Promise<void> => {
  const counted = await town.db.owner.sql.one(
    `select count(*) as payments, count(*) filter (where state = 'reversed') as reversed, sum(amount_fen)::bigint as fen
     from payments where serial like :pattern`,
    { pattern: `${prefix}-%` },
  );
  expect(counted).toEqual({ payments: BigInt(LINES - 1), reversed: 1n, fen: BigInt(LINES - 1) * 100n });
  expect(await town.offenders()).toEqual([]);
};

describe("killed", () => {
  for (const place of [
    "import-stage-before",
    "import-stage-after",
    "import-chunk-before:1",
    "import-chunk-after:1",
    "import-chunk-before:2",
    "import-chunk-after:2",
    // the word, receiving, checking, then the first chunk: killed with everything done and nothing committed
    "before-commit:4",
    "after-commit:5",
  ]) {
    test(`at ${place}: the same file again finishes it`, async () => {
      const prefix = place.replaceAll(/[^a-z0-9]/g, "");
      const source = await fileOf(prefix);
      await agreeToFile(town, source);
      await importUntil(source, place);
      const report = await importFile(town, source);
      expect(report).toMatchObject({ state: "posted", lineCount: LINES + 1 });
      expect(report.counts).toEqual({ posted: LINES - 1, suspense: 1, reversed: 1 });
      await expectWhole(prefix);
    });
  }

  test("between posting and reconciling: the timetable names what the file does not", async () => {
    await postLive(town, [
      { serial: "K1", household: 1, paidAt: "2026-11-10T12:00:00+08:00" },
      { serial: "K2", household: 2, paidAt: "2026-11-10T12:00:00+08:00" },
    ]);
    const source = await writeBankFile(town, [bankRow("K1", 1)]);
    await importUntil(source, "import-reconcile-before", LIVE_CHANNEL);
    const named = () =>
      town.db.owner.sql.rows(
        `select p.serial, b.class from breaks b join payments p on p.id = b.payment_id where p.serial like 'K%'`,
      );
    expect(await named()).toEqual([]);
    const strike = () => resumeBankImports(town.platform, systemActor("timetable"));
    await expect.poll(strike, { timeout: 10_000 }).toBe(1);
    expect(await named()).toEqual([{ serial: "K2", class: "ours-only" }]);
    expect(await strike()).toBe(0);
    expect(await town.offenders()).toEqual([]);
  });

  test("in the middle of posting: the timetable finishes it without the file", async () => {
    const source = await fileOf("timetable");
    await agreeToFile(town, source);
    await importUntil(source, "import-chunk-after:1");
    // The timetable strikes again and again; a killed process's lock goes when the server has noticed its end.
    const strike = () => resumeBankImports(town.platform, systemActor("timetable"));
    await expect.poll(strike).toBe(1);
    expect(await resumeBankImports(town.platform, systemActor("timetable"))).toBe(0);
    await expectWhole("timetable");
    const again = importBankFile(town.platform, town.finance, {
      source,
      fileName: "again.txt",
      channel: FILE_CHANNEL,
    });
    await expect(again).rejects.toMatchObject({ code: "file.already-imported" });
  });
});
