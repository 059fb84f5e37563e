import { readFileSync } from "node:fs";
import { monotonicMs } from "#src/platform/clock.ts";

/**
 * The wish to stop, whoever utters it: Ctrl-C, SIGTERM, or the end of the npm that started us. A second signal ends the
 * process at once; the keeper and the children's own watch then see to the rest.
 */
export const listenForStop = (): AbortController => {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const hear = (signal: NodeJS.Signals): void => {
    const at = monotonicMs();
    // npm passes Ctrl-C on although the terminal has sent it to us already: that is one wish, not two.
    if (firstAt !== undefined && at - firstAt > 1000) process.exit(signal === "SIGINT" ? 130 : 143);
    firstAt ??= at;
    stop.abort();
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  if (process.env["npm_lifecycle_event"] !== undefined) watchParent(stop);
  return stop;
};

/**
 * npm ends by `kill -9` without a word to us; we would run on unseen and hold port and data. Between npm and us there may
 * be the shell in which npm runs its scripts, which outlives npm.
 */
const watchParent = (stop: AbortController): void => {
  const parent = process.ppid;
  const shell = shellParent(parent);
  const watch = setInterval(() => {
    if (process.ppid === parent && (shell === undefined || shellParent(parent) === shell)) return;
    clearInterval(watch);
    stop.abort();
  }, 500);
  watch.unref();
};

/** Who started this process, when it is a shell; known where there is a /proc. */
const shellParent = (pid: number): number | undefined => {
  try {
    const words = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return /^(sh|dash|bash|ash)$/.test(words?.[1] ?? "") ? Number(words?.[2]) : undefined;
  } catch {
    // No /proc (macOS, whose shell hands its place to the script anyway), or the process has ended.
    return undefined;
  }
};
