/**
 * Reading a large file on a thread of its own. Its heap is small and fixed, so that memory stays flat however long the
 * file is, and the thread that answers requests is not held up by it.
 */
import { Worker } from "node:worker_threads";
import { DomainError, type ErrorDetail } from "#src/kernel/errors.ts";
import type { StagePart, StagePlan } from "./stage-parts.ts";

export type ToParent =
  | { readonly kind: "part"; readonly part: StagePart }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly message: string;
      readonly detail: ErrorDetail;
    };

/** How many parts may be on their way: enough to keep both sides busy. */
export const PARTS_AHEAD = 4;

const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 48 };

/**
 * The same parts as `stageParts`, in the same order; the bytes of one are good until the next is asked for, then the thread
 * writes into them again. Ends its thread, also when the caller stops early.
 */
export async function* stagePartsOnThread(plan: StagePlan): AsyncGenerator<StagePart> {
  const thread = new Worker(new URL("./stage-worker.ts", import.meta.url), {
    workerData: plan,
    resourceLimits: LIMITS,
  });
  const inbox: ToParent[] = [];
  let failure: Error | undefined;
  let wake = (): void => undefined;
  thread.on("message", (message: ToParent) => {
    inbox.push(message);
    wake();
  });
  const stop = (error: Error): void => {
    failure ??= error;
    wake();
  };
  thread.on("error", stop);
  thread.on("exit", () => stop(new Error("the reading thread ended before the file did")));
  try {
    for (;;) {
      const message = inbox.shift();
      if (message === undefined) {
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (message.kind === "refused") throw new DomainError(message.code, message.message, message.detail);
      yield message.part;
      if (message.part.kind === "end") return;
      const { buffer } = message.part.text;
      thread.postMessage(buffer, [buffer]);
    }
  } finally {
    // Resolves at once when the thread has ended by itself.
    await thread.terminate();
  }
}
