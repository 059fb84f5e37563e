/** What happens once in the life of an embedded database: the demo town. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { DomainError } from "#src/kernel/errors.ts";
import type { DemoLogin } from "./supervisor-words.ts";

const loginSchema = z.object({ login: z.string(), password: z.string(), role: z.string() });
/** What a first-start command prints on its standard output: one JSON object. */
const reportSchema = z.object({ logins: z.array(loginSchema).default([]) });
const recordSchema = z.object({ logins: z.array(loginSchema) });

type FirstStart = {
  readonly dataDir: string;
  readonly demo: boolean;
  /** Arguments of `node`, one list per command. */
  readonly commands: readonly (readonly string[])[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly announce: () => void;
};

/**
 * Runs the first-start commands when this data folder has not seen them to the end, and answers the demo logins. A killed
 * first start is begun again; the commands themselves must bear that. Without demo it is only noted that there is none.
 */
export const ensureFirstStart = async (first: FirstStart): Promise<readonly DemoLogin[]> => {
  const file = path.join(first.dataDir, "first-start.json");
  if (existsSync(file)) return recordSchema.parse(JSON.parse(readFileSync(file, "utf8"))).logins;
  const logins: DemoLogin[] = [];
  if (first.demo) {
    first.announce();
    for (const args of first.commands) logins.push(...(await runCommand(args, first)));
  }
  writeFileSync(`${file}.new`, `${JSON.stringify({ logins })}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return logins;
};

const runCommand = async (args: readonly string[], first: FirstStart): Promise<readonly DemoLogin[]> => {
  first.stop.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; output: string }>();
  const child = spawn(process.execPath, args, {
    cwd: first.cwd,
    env: first.env,
    detached: true,
    // Its progress, on the error stream, is for the person who waits.
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const end = (): void => void child.kill("SIGTERM");
  first.stop.addEventListener("abort", end, { once: true });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.once("error", reject);
  child.once("close", (code) => resolve({ code, output }));
  const result = await promise;
  first.stop.removeEventListener("abort", end);
  const report = reportSchema.safeParse(parseJson(result.output));
  if (result.code !== 0 || !report.success) {
    throw new DomainError("start.seed-failed", `${args.slice(1).join(" ")} ended with code ${result.code}`, {
      remedy: "Start again to repeat it, or start with NUAN_DEMO=off for an empty database.",
    });
  }
  return report.data.logins;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Told apart from a report by the schema, which refuses `undefined`.
    return undefined;
  }
};
