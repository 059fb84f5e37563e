/**
 * Writes one export in a process of its own, for tests that kill it or hold it to little memory:
 * `node export-process.ts URL [ROWS]`. With ROWS it writes a table of so many rows that it makes up, and says what it held at most.
 */
import { z } from "zod";
import { defineExport, type ExportDefinition, writeNextExport } from "#src/office/exports/index.ts";
import { manualClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { arrearsExport } from "#src/money/reminders/index.ts";

const PAGE = 2000;
const FILLING = "春晖苑三号楼二单元".repeat(4);

const [url = "", rows = "0"] = process.argv.slice(2);
const held = { most: 0 };

async function* madeUp(count: number): AsyncGenerator<readonly number[]> {
  for (let from = 0; from < count; from += PAGE) {
    held.most = Math.max(held.most, process.memoryUsage().arrayBuffers);
    yield Array.from({ length: Math.min(PAGE, count - from) }, (_, index) => from + index);
  }
}

const town = defineExport({
  kind: "arrears",
  command: "arrears.export",
  permission: "reminder.read",
  wanted: z.unknown(),
  table: () => ({
    header: ["n", "address"],
    cells: (n: number) => [String(n), FILLING],
    pages: () => madeUp(Number(rows)),
  }),
});

const database = connect(url, { poolSize: 2, bulkPoolSize: 2, applicationName: "export in a process" });
const clock = manualClock("2026-11-11T10:00:00+08:00");
const definitions: readonly ExportDefinition[] = [rows === "0" ? arrearsExport : town];
const settings = rows === "0" ? { pieceBytes: 4096 } : {};
const written = await writeNextExport(
  { database, commands: createCommands(database, clock), clock },
  definitions,
  { settings },
);
console.log(JSON.stringify({ outcome: written?.outcome, heldBytes: held.most }));
await database.close();
