/** A case that was merged and taken out again has the clocks of its twin that never was. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { findClocks } from "#src/service/clocks/index.ts";
import { mergeTicket, runTicketCommand, ticketOfId, unmergeTicket } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { as, buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let town: TicketTown;
beforeAll(async () => {
  db = await createTestDatabase();
  town = await buildTicketTown(db);
});
afterAll(() => db.drop());

const at = (time: string): void => db.clock.set(`2026-11-16T${time}:00+08:00`);
const both = async (work: (id: bigint) => Promise<unknown>, ids: readonly bigint[]): Promise<void> => {
  for (const id of ids) await work(id);
};
const start = (id: bigint) => as(db, db.actor, (context) => runTicketCommand(context, id, "start"));
const wait = (id: bigint) =>
  as(db, db.actor, (context) =>
    runTicketCommand(context, id, "wait", { text: "家中无人", pauseReason: "awaiting-customer" }),
  );
const resume = (id: bigint) => as(db, db.actor, (context) => runTicketCommand(context, id, "resume"));
const merge = (ticketId: bigint, intoTicketId: bigint) =>
  as(db, db.actor, (context) => mergeTicket(context, { ticketId, intoTicketId, reason: "同楼同症" }));
const unmerge = (ticketId: bigint) =>
  as(db, db.actor, (context) => unmergeTicket(context, { ticketId, reason: "不同楼层" }));
const clocksOf = async (id: bigint) =>
  (await findClocks(db.database.sql, id, db.clock.now())).map((clock) => ({
    kind: clock.kind,
    state: clock.state,
    due: clock.dueAt.toISOString(),
    warn: clock.warnAt.toISOString(),
    paused: clock.pausedAt?.toISOString() ?? null,
  }));

const openThree = async () => {
  at("09:00");
  const input = { category: "heat.not-hot", accountId: town.accountId };
  const ids: bigint[] = [];
  for (let n = 0; n < 3; n += 1) ids.push((await openCase(db, input)).ticketId);
  const [one = 0n, twin = 0n, target = 0n] = ids;
  return { one, twin, target };
};

test("taken out of a merge while it waits, it waits, and goes on as if it had never been in one", async () => {
  const { one, twin, target } = await openThree();
  await both(start, [one, twin]);
  at("10:00");
  await both(wait, [one, twin]);
  const standing = await clocksOf(one);
  expect(standing).toContainEqual(
    expect.objectContaining({ kind: "solution", state: "paused", paused: "2026-11-16T02:00:00.000Z" }),
  );
  at("11:00");
  await merge(one, target);
  expect((await clocksOf(one)).map(({ state }) => state)).not.toContain("paused");
  at("12:00");
  await unmerge(one);
  expect((await ticketOfId(db.database.sql, one))?.state).toBe("waiting");
  expect(await clocksOf(one)).toEqual(standing);
  // And once more: a merge is no end of the wait, however often.
  await merge(one, target);
  at("13:00");
  await unmerge(one);
  expect(await clocksOf(one)).toEqual(standing);
  at("15:00");
  await both(resume, [one, twin]);
  const gone = await clocksOf(one);
  expect(gone).toEqual(await clocksOf(twin));
  expect(gone.find(({ kind }) => kind === "solution")).not.toEqual(
    standing.find(({ kind }) => kind === "solution"),
  );
});

test("a wait that was over before the merge is not forgotten by it", async () => {
  const { one, twin, target } = await openThree();
  await both(start, [one, twin]);
  at("10:00");
  await both(wait, [one, twin]);
  at("12:00");
  await both(resume, [one, twin]);
  at("13:00");
  await merge(one, target);
  at("14:00");
  await unmerge(one);
  expect(await clocksOf(one)).toEqual(await clocksOf(twin));
});
