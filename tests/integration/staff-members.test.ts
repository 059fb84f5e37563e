import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  authenticateSession,
  authenticateToken,
  changeStaff,
  createToken,
  logIn,
  type NewToken,
  newTokenBody,
  staffRoutes,
  TOKEN_ROLES,
} from "#src/office/staff/index.ts";
import { PERMISSIONS } from "#src/platform/actor.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => db.clock.set("2026-09-01T09:00:00+08:00"));

const platform = () => platformOf(db);
const enter = async (login: string) =>
  (await logIn(platform(), { login, password: `${login}-password` })).reference;
const see = async (reference: string) => authenticateSession(platform(), reference);

const area = async (code: string, parentId: bigint | null, level: string) =>
  (
    await db.owner.sql.one<{ id: bigint }>(
      "insert into service_areas (parent_id, code, name, level) values (:parentId, :code, :code, :level) returning id",
      { parentId, code, level },
    )
  ).id;

const versionOf = async (id: bigint | null) =>
  (await db.owner.sql.one<{ version: number }>("select version from staff_members where id = :id", { id }))
    .version;

const change = async (id: bigint | null, wanted: Parameters<typeof changeStaff>[3], actor = db.actor) =>
  db.commands.run({ name: "staff.change", actor }, async (context) =>
    changeStaff(context, id ?? 0n, await versionOf(id), wanted),
  );

describe("scope", () => {
  test("an area resolves to what is below it, today; unbounded roles see all, area managers without areas nothing", async () => {
    const company = await area("c", null, "company");
    const branch = await area("b1", company, "branch");
    const one = await area("a1", branch, "area");
    const two = await area("a2", branch, "area");
    const other = await area("b2", company, "branch");
    const manager = await person(db, "manager1", ["area-manager"], { areaIds: [branch] });
    await person(db, "manager2", ["area-manager"]);
    await person(db, "super", ["supervisor"]);
    const reference = await enter("manager1");
    expect((await see(reference))?.scope).toEqual({ kind: "areas", areaIds: [branch, one, two] });
    expect((await see(await enter("manager2")))?.scope).toEqual({ kind: "areas", areaIds: [] });
    expect((await see(await enter("super")))?.scope).toEqual({ kind: "everything" });
    // Reassigned: the very next request sees the new area only; the session goes on.
    await change(manager.id, { areaIds: [other] });
    expect((await see(reference))?.scope).toEqual({ kind: "areas", areaIds: [other] });
  });

  test("an area that has ended leaves nothing, never everything", async () => {
    const only = await area("a9", null, "area");
    const bound = await person(db, "bound", ["supervisor"], { areaIds: [only] });
    await db.owner.sql.run(
      "update staff_areas set valid = daterange('2026-01-01', '2026-08-31') where staff_id = :id",
      { id: bound.id },
    );
    const reference = await enter("bound");
    expect((await see(reference))?.scope).toEqual({ kind: "areas", areaIds: [] });
    await change(bound.id, { areaIds: null });
    expect((await see(reference))?.scope).toEqual({ kind: "everything" });
  });
});

describe("changing a login", () => {
  test("disabling and new roles end its sessions at once", async () => {
    const clerk = await person(db, "clerk", ["agent"]);
    const first = await enter("clerk");
    await change(clerk.id, { roles: ["cashier"] });
    expect(await see(first)).toBeNull();
    const second = await enter("clerk");
    expect((await see(second))?.roles).toEqual(["cashier"]);
    await change(clerk.id, { disabled: true });
    expect(await see(second)).toBeNull();
    await expect(enter("clerk")).rejects.toMatchObject({ code: "session.refused" });
    await change(clerk.id, { disabled: false });
    expect(await see(await enter("clerk"))).not.toBeNull();
  });

  test("a stale version is refused", async () => {
    const clerk = await person(db, "clerk2", ["agent"]);
    await change(clerk.id, { displayName: "One" });
    const stale = db.commands.run({ name: "staff.change", actor: db.actor }, (context) =>
      changeStaff(context, clerk.id ?? 0n, 1, { displayName: "Two" }),
    );
    await expect(stale).rejects.toMatchObject({ code: "version.stale" });
  });

  test("nobody changes the own rights, and the last administrator stays", async () => {
    const admin = await person(db, "admin1", ["admin"]);
    await expect(change(admin.id, { roles: ["admin", "finance"] }, admin)).rejects.toMatchObject({
      code: "staff.own-rights",
    });
    await expect(change(admin.id, { disabled: true })).rejects.toMatchObject({ code: "staff.last-admin" });
    const second = await person(db, "admin2", ["admin"]);
    const both = await Promise.allSettled([
      change(admin.id, { disabled: true }, second),
      change(second.id, { disabled: true }, admin),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("a taken login is refused", async () => {
    await person(db, "taken", ["agent"]);
    await expect(person(db, "taken", ["agent"])).rejects.toMatchObject({ code: "staff.login-taken" });
  });

  test("the list shows people without secrets", async () => {
    const route = staffRoutes.find((one) => one.path === "/staff" && one.method === "get");
    const reply = await route?.handle({
      platform: platform(),
      actor: db.actor,
      params: {},
      query: route.query.parse({ limit: "2" }),
      body: undefined,
      requestId: "r",
      idempotency: undefined,
      ifMatch: undefined,
      headers: {},
      remoteAddress: "",
      credential: undefined,
    });
    const body = route?.response.parse(reply?.body) as { items: object[]; nextCursor: string | null };
    expect(body.items).toHaveLength(2);
    expect(body.nextCursor).not.toBeNull();
    expect(JSON.stringify(body)).not.toContain("argon2");
  });
});

describe("machine tokens", () => {
  const make = async (wanted: NewToken) =>
    (
      await db.commands.run({ name: "token.create", actor: db.actor }, (context) =>
        createToken(context, wanted),
      )
    ).result;

  test("carry role, channel and end; only the digest is stored", async () => {
    const { id: channelId } = await db.owner.sql.one<{ id: number }>(
      "insert into channels (code, name, kind, real_time) values ('bank-x', 'X', 'bank', true) returning id",
    );
    const { id, token } = await make({
      name: "bank x",
      role: "bank-channel",
      channel: "bank-x",
      expiresAt: "2026-09-02T09:00:00+08:00",
    });
    expect(token).toMatch(/^nyt_[\w-]{32}$/);
    expect(await authenticateToken(platform(), token)).toEqual({
      kind: "machine",
      id,
      name: "bank x",
      roles: ["bank-channel"],
      scope: { kind: "everything" },
      channelId,
    });
    const { text } = await db.owner.sql.one<{ text: string }>("select t::text as text from machine_tokens t");
    expect(text).not.toContain(token.slice(4));
    expect(await authenticateToken(platform(), `${token}x`)).toBeNull();
    expect(await authenticateToken(platform(), token.slice(4))).toBeNull();
  });

  test("an expired one is refused, and one for a bank without channel is not made", async () => {
    const { token } = await make({ name: "e", role: "agent", expiresAt: "2026-09-01T10:00:00+08:00" });
    db.clock.set("2026-09-01T10:00:00+08:00");
    expect(await authenticateToken(platform(), token)).toBeNull();
    await expect(make({ name: "n", role: "bank-channel" })).rejects.toMatchObject({
      code: "token.channel-needed",
    });
    await expect(make({ name: "n", role: "agent", accountNos: ["000-1"] })).rejects.toMatchObject({
      code: "account.not-found",
    });
  });

  test("no machine is what asks people for a second factor, nor takes money without a channel", async () => {
    expect(TOKEN_ROLES).toEqual(["bank-channel", "agent", "auditor"]);
    const payers: readonly string[] = PERMISSIONS["payment.take"];
    expect(TOKEN_ROLES.filter((role) => payers.includes(role))).toEqual(["bank-channel"]);
    for (const role of ["admin", "finance", "cashier", "supervisor"]) {
      expect(newTokenBody.safeParse({ name: "n", role }).success).toBe(false);
    }
    for (const role of ["admin", "finance", "cashier", "bank-channel"]) {
      await expect(
        db.owner.sql.run("insert into machine_tokens (name, token_hash, role) values ('n', '\\x00', :role)", {
          role,
        }),
      ).rejects.toMatchObject({ constraint: "machine_tokens_live_roles" });
    }
  });

  test("many requests ask the database once; a revocation holds within a second, here at once", async () => {
    const { id, token } = await make({ name: "fast", role: "agent" });
    let asked = 0;
    const counted = {
      ...platform(),
      database: {
        ...db.database,
        sql: {
          ...db.database.sql,
          maybeOne: <Row>(text: string, bindings?: Record<string, unknown>) => {
            asked += 1;
            return db.database.sql.maybeOne<Row>(text, bindings);
          },
        },
      },
    };
    const all = await Promise.all(Array.from({ length: 500 }, () => authenticateToken(counted, token)));
    expect(all.every((actor) => actor?.id === id)).toBe(true);
    expect(asked).toBe(1);
    // Revoked by another process: this one still trusts its answer, for a second at most.
    await db.owner.sql.run("update machine_tokens set revoked_at = now() where id = :id", { id });
    const revoked = performance.now();
    let trusted = revoked;
    await expect
      .poll(
        async () => {
          const came = performance.now();
          const actor = await authenticateToken(counted, token);
          if (actor !== null) trusted = came;
          return actor;
        },
        { interval: 20 },
      )
      .toBeNull();
    // Nobody who came later than a second after it, however long the answer took.
    expect(trusted - revoked).toBeLessThanOrEqual(1000);
  });
});
