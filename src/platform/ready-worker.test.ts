import { expect, test } from "vitest";
import { beginWhenReady, type StillWorker } from "./ready-worker.ts";

/** Workers whose first looks fail; what was done to each is written down. */
const workersThat = (failing: number) => {
  const done: string[] = [];
  const ran = Promise.withResolvers<void>();
  let made = 0;
  const make = (): StillWorker => {
    made += 1;
    const mine = made;
    return {
      on: () => undefined,
      waitUntilReady: async () => {
        if (mine <= failing) throw new Error(`timeout ${mine}`);
      },
      run: async () => {
        done.push(`run ${mine}`);
        ran.resolve();
      },
      close: async () => void done.push(`close ${mine}`),
    };
  };
  return { make, done, ran: ran.promise };
};

test("one whose first look failed is thrown away, and another begun when the queue answers", async () => {
  const { make, done, ran } = workersThat(2);
  const said: string[] = [];
  const warned: string[] = [];
  const worker = beginWhenReady(
    make,
    ({ message }) => said.push(message),
    ({ message }) => warned.push(message),
  );
  await ran;
  await worker.close();
  expect(done).toEqual(["close 1", "close 2", "run 3", "close 3"]);
  expect([said, warned]).toEqual([["timeout 1", "timeout 2"], ["timeout 1"]]);
});

test("closed before it was ever ready it begins nothing", async () => {
  const { make, done } = workersThat(Number.POSITIVE_INFINITY);
  const worker = beginWhenReady(make, () => undefined);
  await worker.close();
  expect(done.filter((what) => what.startsWith("run"))).toEqual([]);
  expect(done.at(-1)).toMatch(/^close/);
});
