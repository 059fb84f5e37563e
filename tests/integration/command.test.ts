import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import { hashRequest } from "#src/platform/command.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const setting = (key: string) =>
  db.database.sql.maybeOne<{ value: unknown }>("select value from settings where key = :key", { key });

describe("the write path", () => {
  test("business rows, audit row, event and stored answer commit together", async () => {
    const idempotency = { scope: "t", key: "k1", requestHash: hashRequest({ a: 1 }) };
    const run = () =>
      db.commands.run({ name: "setting.set", actor: db.actor, idempotency }, async (context) => {
        await context.sql.run("insert into settings (key, value) values ('x', '1')");
        context.audit({ subject: "setting:x", details: { to: 1 } });
        context.emit({ type: "accounting-day.closed", subject: "setting:x", payload: { day: "2026-11-15" } });
        return { ok: true };
      });
    expect(await run()).toEqual({ result: { ok: true }, replayed: false });
    expect(await run()).toEqual({ result: { ok: true }, replayed: true });
    expect(await setting("x")).toEqual({ value: 1 });
    const audit = await db.database.sql.rows("select command, subject, details from audit_events");
    expect(audit).toEqual([{ command: "setting.set", subject: "setting:x", details: { to: 1 } }]);
    const events = await db.database.sql.rows("select type, payload from outbox_events");
    expect(events).toEqual([{ type: "accounting-day.closed", payload: { day: "2026-11-15" } }]);
  });

  test("the same key with another request is refused", async () => {
    const run = (request: object) =>
      db.commands.run(
        {
          name: "t",
          actor: db.actor,
          idempotency: { scope: "t", key: "again", requestHash: hashRequest(request) },
        },
        async () => ({}),
      );
    await run({ a: 1 });
    await expect(run({ a: 2 })).rejects.toMatchObject({ code: "request.key-reused" });
  });

  test("a refusal stores nothing, and the key stays free", async () => {
    const idempotency = { scope: "t", key: "k2", requestHash: hashRequest({}) };
    const refused = db.commands.run({ name: "t", actor: db.actor, idempotency }, async (context) => {
      await context.sql.run("insert into settings (key, value) values ('y', '1')");
      return fail("setting.refused", "no");
    });
    await expect(refused).rejects.toMatchObject({ code: "setting.refused" });
    expect(await setting("y")).toBeNull();
    const again = await db.commands.run({ name: "t", actor: db.actor, idempotency }, async () => ({
      now: "yes",
    }));
    expect(again).toEqual({ result: { now: "yes" }, replayed: false });
  });

  test("fifty equal requests at once do the work once and all get one answer", async () => {
    let worked = 0;
    const idempotency = { scope: "t", key: "k3", requestHash: hashRequest({}) };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        db.commands.run({ name: "t", actor: db.actor, idempotency }, async () => {
          worked += 1;
          return { number: 7 };
        }),
      ),
    );
    expect(worked).toBe(1);
    expect(answers.map((answer) => answer.result)).toEqual(Array.from({ length: 50 }, () => ({ number: 7 })));
  });

  test("a failing trace fails the whole command", async () => {
    const run = db.commands.run(
      { name: "t", actor: { ...db.actor, kind: "nobody" as "cli" } },
      async (context) => {
        await context.sql.run("insert into settings (key, value) values ('z', '1')");
        context.audit({ subject: "z" });
      },
    );
    await expect(run).rejects.toMatchObject({ code: "23514" });
    expect(await setting("z")).toBeNull();
  });

  test("a statement at the end commits with the rest, and its failure leaves nothing", async () => {
    const insert = "insert into settings (key, value) values (:key, :value::jsonb)";
    await db.commands.run({ name: "t", actor: db.actor }, async (context) => {
      context.atEnd(insert, { key: "last", value: "1" });
      expect(await setting("last")).toBeNull();
    });
    expect(await setting("last")).toEqual({ value: 1 });
    const failing = db.commands.run({ name: "t", actor: db.actor }, async (context) => {
      await context.sql.run(insert, { key: "first", value: "1" });
      context.atEnd(insert, { key: "last", value: "2" });
      context.emit({
        type: "accounting-day.closed",
        subject: "setting:last",
        payload: { day: "2026-11-15" },
      });
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(await setting("first")).toBeNull();
    expect(
      await db.database.sql.one(
        "select count(*)::int as n from outbox_events where subject = 'setting:last'",
      ),
    ).toEqual({ n: 0 });
  });

  test("what ends as a serialization failure is tried again, and says which attempt it is", async () => {
    const attempts: number[] = [];
    await db.commands.run({ name: "t", actor: db.actor }, async (context) => {
      attempts.push(context.attempt);
      if (context.attempt === 1) context.atEnd("select refuse_stale_rule_book()", {});
      else context.atEnd("insert into settings (key, value) values ('again', '1')", {});
    });
    expect(attempts).toEqual([1, 2]);
    expect(await setting("again")).toEqual({ value: 1 });
  });

  test("the runtime role cannot change the ledger or the audit log", async () => {
    for (const table of [
      "audit_events",
      "transfers",
      "postings",
      "bill_lines",
      "allocations",
      "seal_blocks",
    ]) {
      await expect(db.database.sql.run(`delete from ${table}`)).rejects.toMatchObject({ code: "42501" });
      await expect(db.owner.sql.run(`delete from ${table}`)).rejects.toMatchObject({ code: "NY001" });
    }
  });
});
