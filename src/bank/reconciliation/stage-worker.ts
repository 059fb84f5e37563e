/** The thread that `stagePartsOnThread` starts: reads the file and posts its parts, a few ahead of the parent. */
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { DomainError, must } from "#src/kernel/errors.ts";
import { type StagePlan, stageParts } from "./stage-parts.ts";
import { PARTS_AHEAD, type ToParent } from "./stage-thread.ts";

const parent = must(parentPort, "the parent of the reading thread");
let ahead = 0;
const spares: ArrayBuffer[] = [];
parent.on("message", (buffer: ArrayBuffer) => {
  ahead -= 1;
  spares.push(buffer);
});

const post = (message: ToParent, transfer: readonly ArrayBuffer[] = []): void =>
  parent.postMessage(message, [...transfer]);

try {
  for await (const part of stageParts(workerData as StagePlan, () => spares.pop())) {
    if (ahead === PARTS_AHEAD) await once(parent, "message");
    ahead += 1;
    post({ kind: "part", part }, part.kind === "copy" ? [part.text.buffer] : []);
  }
} catch (error) {
  // A refusal crosses the threads as data; a defect ends this thread, and the parent hears of it.
  if (!(error instanceof DomainError)) throw error;
  post({ kind: "refused", code: error.code, message: error.message, detail: error.detail });
}
parent.unref();
