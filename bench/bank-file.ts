/** A bank's file against plain inserts of the same rows; and that a file ten times as long needs no more memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProfile, writeDelimitedPath } from "#src/bank/channels/index.ts";
import { addDays } from "#src/kernel/day.ts";
import { systemClock, today } from "#src/platform/clock.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { type Figure, median, rounded } from "./support/figure.ts";
import { type WrittenRows, writeSameRows } from "./support/same-rows.ts";
import { CHANNEL, nuan, raiseStage, type Stage } from "./support/stage.ts";

const HOME_FEN = 205_200n;
/** The bank day before: the machine's clock is the business clock here. */
const BANK_DAY = addDays(today(systemClock), -1);

/** Every home pays its bill; a file longer than the town goes round again, and the money becomes prepaid. */
export const writeBenchFile = async (file: string, lines: number, households: number): Promise<void> => {
  const profile = await loadProfile("zz-bank-gb18030");
  if (profile.format !== "delimited") throw new Error("the bench writes a delimited file");
  const rows = {
    *[Symbol.iterator]() {
      for (let n = 0; n < lines; n += 1) {
        yield {
          day: BANK_DAY,
          time: "08:00:00",
          serial: `B${String(n).padStart(12, "0")}`,
          // A step without a common factor scatters the accounts as a bank's file does.
          accountNo: plantedAccountNo(1 + ((n * 7919) % households)),
          amountMinor: HOME_FEN,
          kind: "payment" as const,
        };
      }
    },
  };
  await writeDelimitedPath(profile, rows, file, {
    bankDay: BANK_DAY,
    stated: { count: lines, totalMinor: HOME_FEN * BigInt(lines) },
  });
};

const mine = "id in (select payment_id from bank_lines where payment_id is not null)";
// What is referred to stands before what refers to it.
const written: readonly WrittenRows[] = [
  { table: "import_files", where: "true", order: "id" },
  { table: "import_file_bytes", where: "true", order: "file_id, ordinal" },
  { table: "bills", where: "season_id = 2026", order: "id" },
  { table: "payments", where: mine, order: "id" },
  {
    table: "postings",
    where: "kind = 'payment' and source_id in (select payment_id from bank_lines)",
    order: "id",
  },
  {
    table: "transfers",
    where:
      "posting_id in (select id from postings where kind = 'payment' and source_id in (select payment_id from bank_lines))",
    order: "id",
  },
  {
    table: "allocations",
    where:
      "posting_id in (select id from postings where kind = 'payment' and source_id in (select payment_id from bank_lines))",
    order: "id",
  },
  { table: "bank_lines", where: "true", order: "id" },
  { table: "household_balances", where: "code = 'offered'", order: "account_id" },
  { table: "audit_events", where: "true", order: "id" },
  { table: "outbox_events", where: "true", order: "id" },
];

export type ImportResult = { readonly oursMs: number; readonly limitMs: number; readonly peakMiB: number };

export const measureImport = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<ImportResult & { readonly longPeakMiB: number | null }> => {
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-bench-"));
  const stage = await raiseStage(households, true);
  try {
    const file = path.join(folder, "bank.txt");
    await writeBenchFile(file, households, households);
    const ours: number[] = [];
    const limits: number[] = [];
    let peakMiB = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const clone = await stage.clone();
      try {
        const run = await nuan(clone.url, ["bank", "import", file, "--channel", CHANNEL]);
        const limit = await writeSameRows(clone.database, written);
        if (limit.differing !== 0n)
          throw new Error(`${limit.differing} rows of the limit differ from the import's`);
        ours.push(run.ms);
        limits.push(limit.ms);
        peakMiB = Math.max(peakMiB, run.peakMiB);
        say(
          `import ${round}/${rounds}: ${rounded(run.ms / 1000)} s, limit ${rounded(limit.ms / 1000)} s, peak ${Math.round(run.peakMiB)} MiB`,
        );
      } finally {
        await clone.drop();
      }
    }
    const longPeakMiB = rounds > 1 ? await measureLongFile(stage, folder, say) : null;
    return { oursMs: median(ours), limitMs: median(limits), peakMiB, longPeakMiB };
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const measureLongFile = async (
  stage: Stage,
  folder: string,
  say: (text: string) => void,
): Promise<number> => {
  const file = path.join(folder, "long.txt");
  await writeBenchFile(file, stage.households * 10, stage.households);
  const clone = await stage.clone();
  try {
    const run = await nuan(clone.url, ["bank", "import", file, "--channel", CHANNEL]);
    say(
      `import of ${stage.households * 10} lines: ${rounded(run.ms / 1000)} s, peak ${Math.round(run.peakMiB)} MiB`,
    );
    return run.peakMiB;
  } finally {
    await clone.drop();
  }
};

export const importFigures = (
  result: ImportResult & { readonly longPeakMiB: number | null },
  households: number,
): Figure[] => {
  const ratio = result.oursMs / result.limitMs;
  const figures: Figure[] = [
    {
      name: `import, match and post a file of ${households} lines`,
      measured: result.oursMs / 1000,
      limit: result.limitMs / 1000,
      unit: "s",
      ratio,
      peakMiB: result.peakMiB,
      target: "ratio <= 2, peak <= 300 MiB",
      ok: ratio <= 2 && result.peakMiB <= 300,
    },
  ];
  if (result.longPeakMiB !== null) {
    const growth = result.longPeakMiB / result.peakMiB;
    figures.push({
      name: `memory of a file of ${households * 10} lines`,
      measured: result.longPeakMiB,
      limit: result.peakMiB,
      unit: "MiB",
      ratio: growth,
      peakMiB: result.longPeakMiB,
      target: "ratio <= 1.15",
      ok: growth <= 1.15,
    });
  }
  return figures;
};
