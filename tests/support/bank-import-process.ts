/** Imports one file in a process of its own, for tests that kill it: `node bank-import-process.ts URL FILE CHANNEL`. */
import path from "node:path";
import { importBankFile } from "#src/bank/reconciliation/index.ts";
import { cliActor } from "#src/platform/actor.ts";
import { manualClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";

const [url = "", file = "", channel = ""] = process.argv.slice(2);
const database = connect(url, { poolSize: 2, bulkPoolSize: 2, applicationName: "import in a process" });
const clock = manualClock("2026-11-11T10:00:00+08:00");
const report = await importBankFile(
  {
    database,
    commands: createCommands(database, clock),
    clock,
    secretKey: "k".repeat(40),
    publicUrl: "http://localhost:3000",
  },
  cliActor("process"),
  { source: file, fileName: path.basename(file), channel },
);
console.log(JSON.stringify({ ...report.counts, resumed: report.resumed }));
await database.close();
