/** However far back somebody begins, a process keeps the newest events and reads no more than those for it. */
import { expect, test } from "vitest";
import type { Sql } from "#src/platform/sql.ts";
import { createRecent } from "./live-recent.ts";

const PAGE = 500;

/** A feed in which every id up to the newest is an event. */
const feed = () => {
  let read = 0;
  const rows = async (_text: string, query: { afterId: bigint; toId: bigint; limit: number }) => {
    const least = Math.min(query.limit, Number(query.toId - query.afterId));
    read += least;
    return Array.from({ length: least }, (_, n) => ({ id: query.afterId + BigInt(n + 1) }));
  };
  return { recent: createRecent({ rows } as unknown as Sql, PAGE), read: () => read };
};

const idsAfter = async (recent: ReturnType<typeof feed>["recent"], cursor: bigint, settledTo: bigint) => {
  const ids: bigint[] = [];
  for (let at = cursor; at < settledTo;) {
    const page = await recent.after(at, settledTo);
    ids.push(...page.rows.map(({ id }) => id));
    at = page.toId;
  }
  return ids;
};

const range = (from: bigint, to: bigint): bigint[] =>
  Array.from({ length: Number(to - from) }, (_, n) => from + BigInt(n + 1));

test("one who begins far back hears every event, a page at a time", async () => {
  const { recent, read } = feed();
  const first = await recent.after(100n, 50_000n);
  expect(first.rows.map(({ id }) => id)).toEqual(range(100n, 600n));
  expect(read()).toBeLessThanOrEqual(2000 + PAGE);
  expect(await idsAfter(recent, 40_000n, 50_000n)).toEqual(range(40_000n, 50_000n));
});

test("after a night in which nobody listened, only the newest are read", async () => {
  const { recent, read } = feed();
  await recent.after(90n, 100n);
  const before = read();
  expect(await idsAfter(recent, 199_990n, 200_000n)).toEqual(range(199_990n, 200_000n));
  expect(read() - before).toBeLessThanOrEqual(2000 + PAGE);
  expect(await idsAfter(recent, 197_000n, 200_000n)).toEqual(range(197_000n, 200_000n));
});

test("an id that is not drawn yet moves nobody else on", async () => {
  const { recent } = feed();
  await recent.after(999_999n, 100n);
  expect(await idsAfter(recent, 90n, 120n)).toEqual(range(90n, 120n));
});
