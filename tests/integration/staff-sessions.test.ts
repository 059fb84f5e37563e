import { generate } from "otplib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { authorize } from "#src/platform/actor.ts";
import type { Route } from "#src/platform/route.ts";
import {
  authenticateSession,
  createStaff,
  logIn,
  staffRoutes,
  type StaffRole,
} from "#src/office/staff/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  db.clock.set("2026-09-01T09:00:00+08:00");
  await db.owner.sql.run("update database_facts set demo = true");
});

const setDemo = (demo: boolean) => db.owner.sql.run("update database_facts set demo = :demo", { demo });
const platform = () => platformOf(db);
const enter = (login: string, password = `${login}-password`, totp?: string) =>
  logIn(platform(), { login, password, totp });

/** Calls a route as the HTTP edge does, without the edge. */
const call = async (
  path: string,
  method: Route["method"],
  options: { reference?: string; body?: unknown; publicUrl?: string } = {},
) => {
  const route = staffRoutes.find((one) => one.path === path && one.method === method);
  if (route === undefined) throw new Error(`no route ${method} ${path}`);
  const given = platformOf(db, options.publicUrl);
  const actor =
    options.reference === undefined ? db.actor : await authenticateSession(given, options.reference);
  if (actor === null) throw new Error("401");
  if (route.permission !== "public") authorize(actor, route.permission);
  const reply = await route.handle({
    platform: given,
    actor,
    params: {},
    query: {},
    body: route.body?.parse(options.body ?? {}),
    requestId: "r1",
    idempotency: undefined,
    ifMatch: undefined,
    headers: {},
    remoteAddress: "127.0.0.1",
    credential: options.reference,
  });
  const cookie = reply.headers?.["Set-Cookie"];
  const reference = cookie === undefined ? undefined : /=([\w-]{32});/.exec(cookie)?.[1];
  return { body: route.response.parse(reply.body) as Record<string, unknown>, cookie, reference };
};

const createUnchosen = async (login: string, roles: readonly StaffRole[]) => {
  const { result } = await db.commands.run({ name: "t", actor: db.actor }, (context) =>
    createStaff(context, { login, displayName: login, roles }),
  );
  return { id: result.id, password: result.initialPassword ?? "" };
};

describe("logging in", () => {
  test("gives a reference of which only the digest is stored, and an actor", async () => {
    const agent = await person(db, "agent1", ["agent"]);
    const { reference, view } = await enter("Agent1 ", "agent1-password");
    expect(reference).toMatch(/^[\w-]{32}$/);
    expect(view).toMatchObject({ login: "agent1", mustChangePassword: false, secondFactorNeeded: false });
    expect(await authenticateSession(platform(), reference)).toEqual({
      kind: "staff",
      id: agent.id,
      name: "agent1",
      roles: ["agent"],
      scope: { kind: "everything" },
      // Who has just logged in has just proved who he is.
      provedAt: db.clock.now(),
    });
    const stored = await db.owner.sql.rows<{ hash: Buffer }>("select reference_hash as hash from sessions");
    expect(stored.every((row) => row.hash.length === 32)).toBe(true);
    expect(await authenticateSession(platform(), "x".repeat(32))).toBeNull();
    expect(await authenticateSession(platform(), "' or 1=1")).toBeNull();
  });

  test("the cookie is __Host- and Secure under https, plain on this machine", async () => {
    await person(db, "cookie1", ["agent"]);
    const body = { login: "cookie1", password: "cookie1-password" };
    const plain = await call("/session", "post", { body });
    expect(plain.cookie).toMatch(/^nuan=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
    const secure = await call("/session", "post", { body, publicUrl: "https://nuan.example" });
    expect(secure.cookie).toMatch(/^__Host-nuan=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  });

  test("unknown, wrong, disabled and locked look the same, and take as long", async () => {
    await person(db, "known", ["agent"]);
    await person(db, "gone", ["agent"]);
    await db.owner.sql.run("update staff_members set disabled_at = now() where login = 'gone'");
    const refusal = async (login: string, password: string) => {
      // Processor time of all threads: the hash is most of it, and other tests run beside this one.
      const started = process.cpuUsage();
      const error: unknown = await enter(login, password).catch((caught: unknown) => caught);
      const { user, system } = process.cpuUsage(started);
      return { error, ms: (user + system) / 1000 };
    };
    // The quickest of each: what else the machine does only adds to the others.
    const least = (values: number[]) => Math.min(...values);
    const times = { unknown: [] as number[], wrong: [] as number[] };
    for (let round = 0; round < 7; round += 1) {
      const wrong = await refusal("known", "nope");
      const unknown = await refusal("nobody-here", "nope");
      expect(unknown.error).toEqual(wrong.error);
      times.wrong.push(wrong.ms);
      times.unknown.push(unknown.ms);
    }
    expect(Math.abs(least(times.wrong) - least(times.unknown))).toBeLessThan(20);
    const disabled = await refusal("gone", "gone-password");
    expect(disabled.error).toMatchObject({ code: "session.refused" });
  });

  test("ten failures lock, each later one longer, and parallel guesses do not escape the count", async () => {
    await person(db, "guessed", ["agent"]);
    await Promise.allSettled(Array.from({ length: 30 }, () => enter("guessed", "nope")));
    const { failed } = await db.owner.sql.one<{ failed: number }>(
      "select failed_logins as failed from staff_members where login = 'guessed'",
    );
    expect(failed).toBe(10);
    await expect(enter("guessed")).rejects.toMatchObject({ code: "session.refused" });
    db.clock.advanceMs(61_000);
    await expect(enter("guessed", "nope")).rejects.toMatchObject({ code: "session.refused" });
    db.clock.advanceMs(61_000);
    await expect(enter("guessed")).rejects.toMatchObject({ code: "session.refused" });
    db.clock.advanceMs(61_000);
    await enter("guessed");
    const after = await db.owner.sql.one<{ failed: number }>(
      "select failed_logins as failed from staff_members where login = 'guessed'",
    );
    expect(after.failed).toBe(0);
  });

  test("attempts are in the audit log, without what was typed", async () => {
    await enter("my-secret-typed-as-login", "nope").catch(() => undefined);
    const rows = await db.owner.sql.rows<{ text: string }>(
      "select a::text as text from audit_events a where command = 'session.attempt'",
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some((row) => row.text.includes("typed-as-login") || row.text.includes("nope"))).toBe(false);
  });
});

describe("a session ends", () => {
  test("after 30 idle minutes; use keeps it alive, written at most once a minute; 12 hours are the most", async () => {
    await person(db, "idler", ["agent"]);
    const { reference } = await enter("idler");
    const seen = async () =>
      (await db.owner.sql.one<{ at: Date }>("select max(last_seen_at) as at from sessions")).at.toISOString();
    const first = await seen();
    db.clock.advanceMs(30_000);
    expect(await authenticateSession(platform(), reference)).not.toBeNull();
    expect(await seen()).toBe(first);
    for (let minutes = 0; minutes < 690; minutes += 29) {
      db.clock.advanceMs(29 * 60_000);
      expect(await authenticateSession(platform(), reference)).not.toBeNull();
    }
    db.clock.advanceMs(29 * 60_000);
    expect(await authenticateSession(platform(), reference)).toBeNull();
    db.clock.set("2026-09-03T09:00:00+08:00");
    const second = await enter("idler");
    db.clock.advanceMs(30 * 60_000);
    expect(await authenticateSession(platform(), second.reference)).toBeNull();
  });

  test("by logout, at once and on the server", async () => {
    await person(db, "leaver", ["agent"]);
    const { reference } = await enter("leaver");
    const { cookie } = await call("/session", "delete", { reference });
    expect(cookie).toContain("Max-Age=0");
    expect(await authenticateSession(platform(), reference)).toBeNull();
  });
});

describe("an initial password", () => {
  test("opens one session, in which it must be changed; the others end, the reference is new", async () => {
    await setDemo(false);
    const { password } = await createUnchosen("newcomer", ["agent"]);
    const { reference, view } = await enter("newcomer", password);
    expect(view.mustChangePassword).toBe(true);
    const actor = await authenticateSession(platform(), reference);
    expect(actor?.pending).toBe("password");
    expect(() => actor !== null && authorize(actor, "account.read")).toThrow(/waits for its password/);
    await expect(enter("newcomer", password)).rejects.toMatchObject({ code: "session.refused" });
    const newPassword = "Lantern-River-71";
    const changed = await call("/session/password", "post", { reference, body: { newPassword } });
    expect(await authenticateSession(platform(), reference)).toBeNull();
    const again = await authenticateSession(platform(), changed.reference ?? "");
    expect(again?.pending).toBeUndefined();
    await enter("newcomer", newPassword);
  });

  test("a later change asks for the current one", async () => {
    await person(db, "changer", ["agent"]);
    const { reference } = await enter("changer");
    const other = await enter("changer");
    const body = (currentPassword: string) => ({ currentPassword, newPassword: "Lantern-River-71" });
    await expect(call("/session/password", "post", { reference, body: body("x") })).rejects.toMatchObject({
      code: "password.refused",
    });
    await call("/session/password", "post", { reference, body: body("changer-password") });
    expect(await authenticateSession(platform(), other.reference)).toBeNull();
  });

  test("is never chosen by another outside a demo, and ages under dengbao", async () => {
    await setDemo(false);
    await expect(person(db, "chosen", ["agent"])).rejects.toMatchObject({
      code: "staff.password-not-chosen",
    });
    const { password } = await createUnchosen("ageing", ["agent"]);
    const first = await enter("ageing", password);
    await call("/session/password", "post", {
      reference: first.reference,
      body: { newPassword: "Lantern-River-71" },
    });
    db.clock.set("2026-12-15T09:00:00+08:00");
    const { view } = await enter("ageing", "Lantern-River-71");
    expect(view.mustChangePassword).toBe(true);
  });
});

describe("the second factor", () => {
  const codeAt = (uri: string) =>
    generate({
      secret: new URL(uri).searchParams.get("secret") ?? "",
      epoch: Math.floor(db.clock.now().getTime() / 1000),
    });

  test("finance enrols at the first login outside a demo; a code works once", async () => {
    await person(db, "fin", ["finance"]);
    await setDemo(false);
    const { reference, view } = await enter("fin");
    expect(view).toMatchObject({ secondFactorNeeded: true, secondFactorEnrolled: false });
    expect((await authenticateSession(platform(), reference))?.pending).toBe("second-factor");
    const enrolled = await call("/session/totp", "post", { reference });
    const uri = String(enrolled.body["otpauthUri"]);
    expect(uri).toMatch(/^otpauth:\/\/totp\//);
    const code = await codeAt(uri);
    const wrong = code === "000000" ? "000001" : "000000";
    await expect(call("/session/totp", "post", { reference, body: { code: wrong } })).rejects.toMatchObject({
      code: "session.code-refused",
    });
    const confirmed = await call("/session/totp", "post", { reference, body: { code } });
    expect(await authenticateSession(platform(), reference)).toBeNull();
    expect((await authenticateSession(platform(), confirmed.reference ?? ""))?.pending).toBeUndefined();
    // The same code again, within its 30 seconds.
    await expect(enter("fin", "fin-password", code)).rejects.toMatchObject({ code: "session.code-refused" });
    db.clock.advanceMs(30_000);
    const next = await codeAt(uri);
    const both = await Promise.allSettled([
      enter("fin", "fin-password", next),
      enter("fin", "fin-password", next),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    // Without a code the login is pending, and gives it afterwards.
    db.clock.advanceMs(30_000);
    const later = await enter("fin");
    expect((await authenticateSession(platform(), later.reference))?.pending).toBe("second-factor");
    await expect(
      call("/session/password", "post", {
        reference: later.reference,
        body: { currentPassword: "fin-password", newPassword: "Lantern-River-71" },
      }),
    ).rejects.toMatchObject({ code: "session.second-factor-expected" });
    const given = await call("/session/totp", "post", {
      reference: later.reference,
      body: { code: await codeAt(uri) },
    });
    expect((await authenticateSession(platform(), given.reference ?? ""))?.pending).toBeUndefined();
    await expect(call("/session/totp", "post", { reference: given.reference ?? "" })).rejects.toMatchObject({
      code: "second-factor.enrolled",
    });
    const { sealed } = await db.owner.sql.one<{ sealed: Buffer }>(
      "select totp_secret_sealed as sealed from staff_members where login = 'fin'",
    );
    expect(sealed.toString("latin1")).not.toContain(new URL(uri).searchParams.get("secret"));
  });

  test("guessing codes locks the login as guessing passwords does", async () => {
    await person(db, "fin2", ["finance"]);
    const { reference } = await enter("fin2");
    await call("/session/totp", "post", { reference });
    const tries = await Promise.allSettled(
      Array.from({ length: 14 }, () =>
        call("/session/totp", "post", { reference, body: { code: "123456" } }),
      ),
    );
    const codes = tries.map((one) =>
      one.status === "rejected" ? (one.reason as { code: string }).code : "ok",
    );
    expect(codes.filter((code) => code === "session.code-refused").length).toBeLessThanOrEqual(10);
    expect(codes).toContain("session.refused");
  });
});
