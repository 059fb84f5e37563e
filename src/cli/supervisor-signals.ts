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

/** npm ends by `kill -9` without a word to us; we would run on unseen and hold port and data. */
const watchParent = (stop: AbortController): void => {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop.abort();
  }, 500);
  watch.unref();
};
