import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#src/platform/clock.ts";
import { createCommands, hashRequest } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { refusalOf } from "#src/platform/problem.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => db.drop());

test("a replay, like any error of our own work, leaves its connection in the pool", async () => {
  const narrow = connect(db.appUrl, { poolSize: 1 });
  const commands = createCommands(narrow, systemClock);
  const idempotency = { scope: "t", key: "kept", requestHash: hashRequest({}) };
  const run = () => commands.run({ name: "t", actor: db.actor, idempotency }, async () => ({ ok: true }));
  const backend = () => narrow.sql.one<{ pid: number }>("select pg_backend_pid() as pid");
  await run();
  const before = await backend();
  expect((await run()).replayed).toBe(true);
  await expect(
    narrow.transaction(async () => {
      throw new Error("of our own");
    }),
  ).rejects.toThrow("of our own");
  expect(await backend()).toEqual(before);
  await narrow.close();
});

test("who gets no connection in time is told to come again, inside a transaction and outside one", async () => {
  const narrow = connect(db.appUrl, { poolSize: 1 });
  const held = Promise.withResolvers<void>();
  const holding = narrow.transaction(async (sql) => {
    await sql.one("select 1 as one");
    await held.promise;
  });
  const reasons = await Promise.all([
    narrow.sql.rows("select 2 as two").catch((error: unknown) => error),
    narrow.transaction((sql) => sql.rows("select 3 as three")).catch((error: unknown) => error),
  ]);
  held.resolve();
  await holding;
  await narrow.close();
  expect(reasons.map((reason) => refusalOf(reason)?.code)).toEqual(["database.busy", "database.busy"]);
});
