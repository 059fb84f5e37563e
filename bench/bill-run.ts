/** The bill run against plain inserts of the same rows. */
import { type Figure, median, rounded } from "./support/figure.ts";
import { type WrittenRows, writeSameRows } from "./support/same-rows.ts";
import { nuan, raiseStage } from "./support/stage.ts";

const SEASON = 2026;
const written: readonly WrittenRows[] = [
  { table: "bills", where: `season_id = ${SEASON}`, order: "id" },
  {
    table: "bill_lines",
    where: `bill_id in (select id from bills where season_id = ${SEASON})`,
    order: "id",
  },
  {
    table: "postings",
    where: `kind = 'bill-issued' and source_id in (select id from bills where season_id = ${SEASON})`,
    order: "id",
  },
  { table: "transfers", where: `season_id = ${SEASON}`, order: "id" },
  { table: "household_balances", where: "code = 'offered'", order: "account_id" },
  { table: "audit_events", where: "true", order: "id" },
  { table: "outbox_events", where: "true", order: "id" },
];

export type BillRunResult = {
  readonly oursMs: number;
  readonly limitMs: number;
  readonly peakMiB: number;
  readonly rowsPerBill: number;
  readonly walBytesPerBill: number;
  readonly limitWalBytesPerBill: number;
};

export const measureBillRun = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<BillRunResult> => {
  const stage = await raiseStage(households, false);
  try {
    const ours: number[] = [];
    const limits: number[] = [];
    const wal: number[] = [];
    const limitWal: number[] = [];
    let peakMiB = 0;
    let rows = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const clone = await stage.clone();
      try {
        const position = () =>
          clone.database.sql.one<{ at: string }>("select (pg_current_wal_lsn() - '0/0'::pg_lsn)::text as at");
        const before = BigInt((await position()).at);
        const run = await nuan(clone.url, ["bills", "issue", "--season", String(SEASON)]);
        const between = BigInt((await position()).at);
        const limit = await writeSameRows(clone.database, written);
        const after = BigInt((await position()).at);
        if (limit.differing !== 0n)
          throw new Error(`${limit.differing} rows of the limit differ from the bill run's`);
        ours.push(run.ms);
        limits.push(limit.ms);
        wal.push(Number(between - before) / households);
        limitWal.push(Number(after - between) / households);
        peakMiB = Math.max(peakMiB, run.peakMiB);
        rows = limit.rows;
        say(`bill run ${round}/${rounds}: ${rounded(run.ms / 1000)} s, limit ${rounded(limit.ms / 1000)} s`);
      } finally {
        await clone.drop();
      }
    }
    return {
      oursMs: median(ours),
      limitMs: median(limits),
      peakMiB,
      rowsPerBill: rows / households,
      walBytesPerBill: median(wal),
      limitWalBytesPerBill: median(limitWal),
    };
  } finally {
    await stage.close();
  }
};

export const billRunFigure = (result: BillRunResult, households: number): Figure => {
  const ratio = result.oursMs / result.limitMs;
  return {
    name: `bill run of ${households}`,
    measured: result.oursMs / 1000,
    limit: result.limitMs / 1000,
    unit: "s",
    ratio,
    peakMiB: result.peakMiB,
    target: "ratio <= 1.5",
    ok: ratio <= 1.5,
    note: `${rounded(result.rowsPerBill)} rows and ${Math.round(result.walBytesPerBill)} WAL bytes a bill (limit ${Math.round(result.limitWalBytesPerBill)})`,
  };
};
