import { expect, test } from "vitest";
import { tryEach } from "./try-each.ts";

test("one that fails keeps no other from being done, and is told by its name at the end", async () => {
  const done: number[] = [];
  const work = async (one: number): Promise<void> => {
    done.push(one);
    if (one % 2 === 0) throw new Error(`no answer about ${one}`);
  };
  const nameOf = (one: number): string => `order ${one}`;
  const failed = await tryEach([1, 2, 3, 4, 5], nameOf, work).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    message: "2 of 5 failed",
    errors: [
      { message: "order 2 failed", cause: { message: "no answer about 2" } },
      { message: "order 4 failed", cause: { message: "no answer about 4" } },
    ],
  });
  expect(done).toEqual([1, 2, 3, 4, 5]);
  expect(await tryEach([1, 3], nameOf, work)).toBe(2);
});
