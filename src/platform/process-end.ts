/** How the two processes of the house begin and end. */
import { flushLog, type Logger } from "./log.ts";
import { refusalOf } from "./problem.ts";

/** Settles at the first SIGTERM or SIGINT; a second one ends the process at once. */
export const wishToStop = async (): Promise<string> =>
  new Promise((resolve) => {
    let asked = false;
    const ask = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on("SIGTERM", ask);
    process.on("SIGINT", ask);
  });

/**
 * Ends the process `nuan NAME`: one clear line for what an operator can put right, the stack in the log for what only we can.
 * Without a log (the settings could not be read) the line is all there is.
 */
export const endProcess = (name: "api" | "worker", error: unknown, log: Logger | undefined): never => {
  const refusal = refusalOf(error);
  if (refusal === undefined && log !== undefined) log.fatal({ err: error }, "defect");
  flushLog();
  const remedy = refusal?.detail.remedy === undefined ? "" : `; ${refusal.detail.remedy}`;
  process.stderr.write(
    refusal === undefined
      ? `nuan ${name}: ended by a defect\n`
      : `nuan ${name}: ${refusal.code}: ${refusal.message}${remedy}\n`,
  );
  process.exit(1);
};
