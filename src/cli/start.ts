/** Entry of `npm start`: what an installation consists of. */
import path from "node:path";
import { prepareDatabase } from "#src/platform/prepare-database.ts";
import { API_PROCESS, WORKER_PROCESS } from "./process-args.ts";
import { runStart } from "./supervisor.ts";

/** Run one after another, once, on the first start of an embedded database. Each prints one JSON object. */
const firstStartCommands = [["src/cli/nuan.ts", "demo", "seed", "--first-start", "--json"]];

const children = [
  { name: "api", zh: "接口进程", args: API_PROCESS },
  { name: "worker", zh: "任务进程", args: WORKER_PROCESS },
];

const code = await runStart(process.env, {
  projectFolder: path.resolve(import.meta.dirname, "..", ".."),
  children,
  firstStart: firstStartCommands,
  migrate: prepareDatabase,
});
process.exit(code);
