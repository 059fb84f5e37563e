/**
 * `npm run bench -- [--households N] [--only bills,import,payments,tickets,live,search,messages,notices,receipts,console] [--rounds N] [--json] [--write]`: each figure beside a
 * limit taken in the same run, in turn (A B A B ...), medians. `--write` puts its rows into the table of docs/performance.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { billRunFigure, measureBillRun } from "./bill-run.ts";
import { importFigures, measureImport } from "./bank-file.ts";
import { measureConsole } from "./console.ts";
import { measureLive } from "./live.ts";
import { measureNotices } from "./notices.ts";
import { measureMessages, measureReceiptsOnly } from "./messages.ts";
import { measurePayments } from "./payments.ts";
import { measureSearch } from "./search.ts";
import { measureTickets } from "./tickets.ts";
import { type Figure, figureTable, renewedTable } from "./support/figure.ts";

const { values } = parseArgs({
  options: {
    households: { type: "string", default: "65000" },
    only: { type: "string", default: "bills,import,payments,tickets,live,search,messages,notices" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const households = Number(values.households);
const rounds = Number(values.rounds);
const wanted = new Set(values.only.split(","));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Time per row must not grow with the town: the same at a quarter of the size. */
const growth = (name: string, ours: number, small: number): Figure => {
  const ratio = ours / households / (small / (households / 4));
  return {
    name: `${name}: time per row at ${households} against ${households / 4}`,
    measured: (ours / households) * 1000,
    limit: (small / (households / 4)) * 1000,
    unit: "µs a row",
    ratio,
    peakMiB: null,
    target: "ratio <= 1.2",
    ok: ratio <= 1.2,
  };
};

const figures: Figure[] = [];
const withGrowth = households >= 100_000;
if (wanted.has("bills")) {
  const result = await measureBillRun(households, rounds, say);
  figures.push(billRunFigure(result, households));
  if (withGrowth) {
    const small = await measureBillRun(households / 4, rounds, say);
    figures.push(growth("bill run", result.oursMs, small.oursMs));
  }
}
if (wanted.has("import")) {
  const result = await measureImport(households, rounds, say);
  figures.push(...importFigures(result, households));
  if (withGrowth) {
    const small = await measureImport(households / 4, rounds > 1 ? rounds : 1, say);
    figures.push(growth("import", result.oursMs, small.oursMs));
  }
}
if (wanted.has("payments")) figures.push(...(await measurePayments(households, rounds, say)));
if (wanted.has("search")) figures.push(...(await measureSearch(households, rounds, say)));
if (wanted.has("tickets")) figures.push(...(await measureTickets(households, rounds, say)));
if (wanted.has("notices")) figures.push(...(await measureNotices(households, rounds, say)));
if (wanted.has("messages")) figures.push(...(await measureMessages(households, rounds, say)));

if (wanted.has("receipts")) figures.push(...(await measureReceiptsOnly(households, rounds, say)));

if (wanted.has("console")) figures.push(...(await measureConsole(households, say)));
if (wanted.has("live")) figures.push(...(await measureLive(households, say)));

if (values.json) process.stdout.write(`${JSON.stringify({ figures })}\n`);
else process.stdout.write(`${figureTable(figures)}\n`);
if (values.write) {
  const page = "docs/performance.md";
  const marks = ["<!-- figures -->", "<!-- /figures -->"] as const;
  const [before = "", rest = ""] = readFileSync(page, "utf8").split(marks[0]);
  const [table = "", after = ""] = rest.split(marks[1]);
  writeFileSync(page, `${before}${marks[0]}\n${renewedTable(table, figures)}\n${marks[1]}${after}`);
}
if (figures.some((figure) => !figure.ok)) process.exitCode = 1;
