/** Progress on a terminal. */
import { SingleBar } from "cli-progress";

export type Progress = {
  /** Total work done so far. */
  update(done: number): void;
  increment(by?: number): void;
  stop(): void;
};

export type ProgressBars = {
  start(total: number, label: string): Progress;
  /** Ends all bars, so that what is printed next begins on a line of its own. */
  stopAll(): void;
};

const silent: Progress = { update: () => undefined, increment: () => undefined, stop: () => undefined };

/** Bars on `stream`; silent ones when it is no terminal, because a log file is not animated. */
export const progressBars = (stream: NodeJS.WritableStream & { readonly isTTY?: boolean }): ProgressBars => {
  const bars = new Set<SingleBar>();
  return {
    start: (total, label) => {
      if (stream.isTTY !== true) return silent;
      const bar = new SingleBar({
        stream,
        format: `${label} {bar} {percentage}%  {value}/{total}  {eta_formatted}`,
        hideCursor: true,
        etaBuffer: 50,
      });
      bars.add(bar);
      bar.start(total, 0);
      return {
        update: (done) => bar.update(done),
        increment: (by = 1) => bar.increment(by),
        stop: () => {
          bar.stop();
          bars.delete(bar);
        },
      };
    },
    stopAll: () => {
      for (const bar of bars) bar.stop();
      bars.clear();
    },
  };
};

/** For `--json`: no bars at all. */
export const noProgressBars: ProgressBars = { start: () => silent, stopAll: () => undefined };
