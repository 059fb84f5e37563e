/** Statements that travel together mean what they meant one by one. */
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DRIVER_READ } from "#src/platform/flight.ts";
import { type Sql, UNAWAITED } from "#src/platform/sql.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.sql.run("create table flown (id bigint primary key, note jsonb)");
  await db.owner.sql.run("grant all on flown to nuan_app");
});
afterAll(() => db.drop());

const add = (sql: Sql, id: bigint): Promise<number> => sql.run("insert into flown (id) values (:id)", { id });
const ids = async (): Promise<bigint[]> =>
  (await db.database.sql.rows<{ id: bigint }>("select id from flown order by id")).map((row) => row.id);
const empty = (): Promise<number> => db.owner.sql.run("delete from flown");

test("the driver is the one that the flight was written for", () => {
  const { version } = createRequire(import.meta.url)("pg/package.json") as { version: string };
  expect(version).toBe(DRIVER_READ);
});

test("what does not wait for the disk is refused inside a transaction, which would not wait either", async () => {
  const relaxed = `select 1 as one where ${UNAWAITED}`;
  expect(await db.database.sql.rows(relaxed)).toEqual([{ one: 1 }]);
  await expect(db.database.transaction((sql) => sql.rows(relaxed))).rejects.toThrow("runs by itself");
  expect(await db.database.sql.one("select current_setting('synchronous_commit') as setting")).toEqual({
    setting: "on",
  });
});

test("each gets its own rows, counts and types, in one flight and in the next", async () => {
  await empty();
  const answers = await db.database.transaction(async (sql) => {
    const first = await Promise.all([
      add(sql, 1n),
      sql.rows("select 7::bigint as big, date '2026-01-31' as day, null as nothing"),
      sql.rows("select id from flown where id > :id", { id: 1n }),
      sql.run("update flown set note = '{}' where id = any(:ids::bigint[])", { ids: [1n, 2n] }),
      add(sql, 2n),
    ]);
    return [...first, await sql.one("select count(*) as count from flown")];
  });
  expect(answers).toEqual([1, [{ big: 7n, day: "2026-01-31", nothing: null }], [], 1, 1, { count: 2n }]);
});

test("what stands before an error is answered, the rest fails with it, and nothing is kept", async () => {
  await empty();
  const settled = db.database.transaction(async (sql) => {
    const results = await Promise.allSettled([
      add(sql, 1n),
      add(sql, 1n),
      sql.rows("select 'never prepared on this connection' as text"),
      add(sql, 3n),
    ]);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
    const reasons = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason as { code: string }] : [],
    );
    expect(reasons.map((reason) => reason.code)).toEqual(["23505", "23505", "23505"]);
    throw new Error("given up");
  });
  await expect(settled).rejects.toThrow("given up");
  expect(await ids()).toEqual([]);
});

test("a statement that was passed over is prepared the next time, on the same connection", async () => {
  await empty();
  const look = (sql: Sql) =>
    sql.one<{ pid: number; text: string }>("select pg_backend_pid() as pid, 'looked' as text");
  const pidOf = (sql: Sql) => sql.one<{ pid: number }>("select pg_backend_pid() as pid");
  let before = 0;
  await expect(
    db.database.transaction(async (sql) => {
      before = (await pidOf(sql)).pid;
      await Promise.all([sql.run("select 1 / :zero::int", { zero: 0 }), look(sql)]);
    }),
  ).rejects.toMatchObject({ code: "22012" });
  for (let round = 0; round < 12; round += 1) {
    const { pid, text } = await db.database.transaction(look);
    expect(text).toBe("looked");
    if (pid === before) return;
  }
  expect.unreachable("the connection was thrown away");
});

test("a value that cannot be sent fails its statement and those behind it, and the connection stays sound", async () => {
  await empty();
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  await expect(
    db.database.transaction(async (sql) => {
      const results = await Promise.allSettled([
        add(sql, 1n),
        sql.run("update flown set note = :note::jsonb", { note: cyclic }),
        add(sql, 2n),
      ]);
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "rejected"]);
      expect(await sql.one("select count(*)::int as count from flown")).toEqual({ count: 1 });
      throw new Error("given up");
    }),
  ).rejects.toThrow("given up");
  await db.database.transaction((sql) => add(sql, 5n));
  expect(await ids()).toEqual([5n]);
});

test("COMMIT behind a last statement that fails is passed over", async () => {
  await empty();
  await expect(
    db.database.transaction(async (sql, end) => {
      await add(sql, 1n);
      end.last(add(sql, 1n));
    }),
  ).rejects.toMatchObject({ code: "23505" });
  expect(await ids()).toEqual([]);
});

test("what was asked for just before the work threw is undone with the rest", async () => {
  await empty();
  await expect(
    db.database.transaction(async (sql) => {
      add(sql, 9n).catch(() => undefined);
      throw new Error("thrown at once");
    }),
  ).rejects.toThrow("thrown at once");
  expect(await ids()).toEqual([]);
});
