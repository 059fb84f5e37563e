/**
 * `npm run faults`: kills our processes and the servers under them, and counts from outside what was lost or doubled.
 * The short form is for every change; `-- --full` tries every seed. `--json` prints one object, `--only NAME` tries what
 * has NAME in its name, `--seed N` repeats an earlier run's faults.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { randomStream } from "#src/demo/random.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { cases } from "./cases/index.ts";
import type { CaseResult, FaultCase } from "./support/fault-case.ts";
import { killAll } from "./support/processes.ts";
import { raiseStage, type Stage } from "./support/stage.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    seed: { type: "string" },
  },
});

const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);
if (!Number.isSafeInteger(seed)) throw new Error("--seed is a whole number");
const { only } = values;
const chosen = cases.filter((one) => only?.some((part) => one.name.includes(part)) ?? true);
if (chosen.length === 0)
  throw new Error(`--only names no case; there are ${cases.map((one) => one.name).join(", ")}`);

// With --json everything for people goes to stderr.
const say = (text: string): void => void (values.json ? process.stderr : process.stdout).write(`${text}\n`);

type Line = {
  readonly name: string;
  readonly runs: number;
  readonly landed: number;
  readonly lost: number;
  readonly doubled: number;
  readonly ok: boolean;
};

const judge = (name: string, result: CaseResult): Line => {
  const { runs, landed, leastLandedPercent, lost, doubled, problems } = result;
  const enough = runs > 0 && landed * 100 >= runs * leastLandedPercent;
  if (!enough) say(`  ${name}: ${landed} of ${runs} faults landed; ${leastLandedPercent}% are needed`);
  for (const problem of problems) say(`  ${name}: ${problem}`);
  return {
    name,
    runs,
    landed,
    lost,
    doubled,
    ok: enough && lost === 0 && doubled === 0 && problems.length === 0,
  };
};

const failed = (error: unknown): CaseResult => ({
  runs: 0,
  landed: 0,
  leastLandedPercent: 100,
  lost: 0,
  doubled: 0,
  problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
});

const tryCase = async (stage: Stage, one: FaultCase): Promise<Line> => {
  const started = monotonicMs();
  const result = await one
    .run({
      stage,
      full: values.full,
      random: randomStream(seed, one.name),
      say: (text) => say(`  ${text}`),
    })
    .catch(failed);
  const line = judge(one.name, result);
  const seconds = ((monotonicMs() - started) / 1000).toFixed(1);
  say(
    `${line.ok ? "ok  " : "FAIL"} ${line.name}: ${line.landed} of ${line.runs} landed, lost ${line.lost}, doubled ${line.doubled} (${seconds} s)`,
  );
  return line;
};

process.on("exit", killAll);
say(`faults, ${values.full ? "every seed" : "short form"}, seed ${seed}`);
const stage = await raiseStage();
let closing: Promise<void> | undefined;
const close = (): Promise<void> => (closing ??= stage.close());
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    killAll();
    void close().finally(() => process.exit(130));
  });
}
const lines: Line[] = [];
try {
  const patient = chosen.filter((one) => one.patient).map((one) => tryCase(stage, one));
  for (const one of chosen.filter((each) => !each.patient && !each.alone))
    lines.push(await tryCase(stage, one));
  lines.push(...(await Promise.all(patient)));
  for (const one of chosen.filter((each) => each.alone)) lines.push(await tryCase(stage, one));
} finally {
  killAll();
  await close();
}
const ok = lines.every((line) => line.ok);
if (values.json) process.stdout.write(`${JSON.stringify({ cases: lines, ok })}\n`);
else
  say(
    ok ? "nothing was lost and nothing doubled" : `not every fault was survived (repeat with --seed ${seed})`,
  );
process.exitCode = ok ? 0 : 1;
