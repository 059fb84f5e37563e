/** Bound phones: who binds one, what it opens, and everything that ends it. */
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { defineSeason } from "#src/office/calendars/index.ts";
import {
  authenticateSession,
  bindDevice,
  changeStaff,
  endStaffSessions,
  logIn,
  logInByDevice,
  logOut,
  releaseDevice,
  staffRoutes,
} from "#src/office/staff/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
const platform = () => platformOf(db);
beforeAll(async () => {
  db = await createTestDatabase();
  db.clock.set("2026-11-10T08:00:00+08:00");
  await db.owner.sql.run("update database_facts set demo = true");
  await db.commands.run({ name: "t", actor: db.actor }, (context) =>
    defineSeason(context, {
      id: 2026,
      startsOn: day("2026-11-15"),
      endsOn: day("2027-03-15"),
      billsOpenOn: day("2026-09-01"),
      paymentWindowEndsOn: day("2026-11-10"),
    }),
  );
});
afterAll(() => db.drop());

const route = (method: string, path: string) => {
  const found = staffRoutes.find((one) => one.method === method && one.path === path);
  if (found === undefined) throw new Error(`no route ${method} ${path}`);
  return found;
};

const actorOf = async (reference: string) => {
  const actor = await authenticateSession(platform(), reference);
  if (actor === null) throw new Error("no session");
  return actor;
};

type Manager = { readonly id: bigint; readonly login: string; readonly secret: string; reference: string };

/** Signed in, with an authenticator that this session has enrolled. */
const manager = async (login: string): Promise<Manager> => {
  const { id } = await person(db, login, ["area-manager"]);
  const { reference } = await logIn(platform(), { login, password: `${login}-password` });
  const ask = async (credential: string, body: Record<string, unknown>) => {
    const actor = await actorOf(credential);
    const base = { platform: platform(), actor, params: {}, query: {}, requestId: "r", headers: {} };
    const more = { idempotency: undefined, ifMatch: undefined, remoteAddress: "::1", credential };
    return route("post", "/session/totp").handle({ ...base, ...more, body });
  };
  const uri = ((await ask(reference, {})).body as { otpauthUri: string }).otpauthUri;
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  const epoch = Math.floor(db.clock.now().getTime() / 1000);
  const confirmed = await ask(reference, { code: await generate({ secret, epoch }) });
  const cookie = confirmed.headers?.["Set-Cookie"] ?? "";
  return { id: id ?? 0n, login, secret, reference: /=([\w-]{32});/.exec(cookie)?.[1] ?? "" };
};

const bind = async (who: Manager, more: { password?: string; totp?: string; reference?: string } = {}) => {
  const reference = more.reference ?? who.reference;
  return bindDevice(
    { platform: platform(), actor: await actorOf(reference), credential: reference, requestId: "r" },
    { password: more.password ?? `${who.login}-password`, totp: more.totp, name: "安卓手机" },
  );
};
const open = (token: string | undefined) => logInByDevice(platform(), token, "r");
const run = <T>(work: Parameters<typeof db.commands.run<T>>[1]) =>
  db.commands.run({ name: "t", actor: db.actor }, work);

describe("binding", () => {
  test("needs an area manager, an authenticator and the password", async () => {
    await person(db, "phone-agent", ["agent"]);
    await person(db, "phone-plain", ["area-manager"]);
    for (const [login, code] of [
      ["phone-agent", "device.role-refused"],
      ["phone-plain", "device.authenticator-needed"],
    ] as const) {
      const { reference } = await logIn(platform(), { login, password: `${login}-password` });
      await expect(bind({ id: 0n, login, secret: "", reference })).rejects.toMatchObject({ code });
    }
    const who = await manager("phone-a");
    await expect(bind(who, { password: "wrong" })).rejects.toMatchObject({ code: "password.refused" });
  });

  test("keeps the digest alone, until the season ends", async () => {
    const who = await manager("phone-b");
    const bound = await bind(who);
    expect(bound.expiresAt).toEqual(new Date("2027-03-15T00:00:00+08:00"));
    const [stored] = await db.owner.sql.rows<{ hash: Buffer; text: string }>(
      "select token_hash as hash, d::text as text from staff_devices d where id = :id",
      { id: bound.id },
    );
    expect(stored?.hash).toHaveLength(32);
    expect(stored?.text).not.toContain(bound.token);
  });

  test("a session that a phone opened binds no second one without a code", async () => {
    const who = await manager("phone-c");
    const { token } = await bind(who);
    const { reference } = await open(token);
    await expect(bind(who, { reference })).rejects.toMatchObject({ code: "device.authenticator-needed" });
    db.clock.advanceMs(60_000);
    const epoch = Math.floor(db.clock.now().getTime() / 1000);
    expect(await bind(who, { reference, totp: await generate({ secret: who.secret, epoch }) })).toBeTruthy();
  });

  test("the cookie is kept from scripts, and __Host- under https", async () => {
    const who = await manager("phone-d");
    const reply = await route("post", "/session/devices").handle({
      platform: { ...platform(), publicUrl: "https://nuan.example" },
      actor: await actorOf(who.reference),
      params: {},
      query: {},
      body: { password: "phone-d-password", name: "手机" },
      requestId: "r",
      idempotency: undefined,
      ifMatch: undefined,
      headers: {},
      remoteAddress: "::1",
      credential: who.reference,
    });
    expect(reply.headers?.["Set-Cookie"]).toMatch(
      /^__Host-nuan-phone=[\w-]{32}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
  });
});

describe("a bound phone", () => {
  test("opens sessions for months, with the second factor given", async () => {
    const who = await manager("phone-e");
    const { token } = await bind(who);
    db.clock.advanceMs(40 * 86_400_000);
    expect(await authenticateSession(platform(), who.reference)).toBeNull();
    const { reference, view } = await open(token);
    expect(view).toMatchObject({ login: "phone-e", boundDevice: true, secondFactorNeeded: false });
    expect((await actorOf(reference)).pending).toBeUndefined();
    await expect(open("x".repeat(32))).rejects.toMatchObject({ code: "session.device-refused" });
    await expect(open(undefined)).rejects.toMatchObject({ code: "session.device-refused" });
  });

  test.each([
    [
      "its owner signs out",
      async (_who: Manager, reference: string) => {
        await run((context) => logOut(context, reference));
      },
    ],
    [
      "an administrator lets it go",
      async (who: Manager, _reference: string, deviceId: bigint) => {
        await run((context) => releaseDevice(context, { staffId: who.id, deviceId, reason: "lost" }));
      },
    ],
    [
      "an administrator ends all sessions",
      async (who: Manager) => {
        await run((context) => endStaffSessions(context, who.id));
      },
    ],
    [
      "the role goes",
      async (who: Manager) => {
        const { version } = await db.owner.sql.one<{ version: number }>(
          "select version from staff_members where id = :id",
          { id: who.id },
        );
        await run((context) => changeStaff(context, who.id, version, { roles: ["agent"] }));
      },
    ],
    [
      "the login is disabled",
      async (who: Manager) => {
        await db.owner.sql.run("update staff_members set disabled_at = now() where id = :id", { id: who.id });
      },
    ],
    [
      "the season ends",
      async () => {
        db.clock.set("2027-03-15T00:00:00+08:00");
      },
    ],
  ] as const)("ends when %s", async (what, end) => {
    const who = await manager(`phone-${what.replaceAll(/\W/g, "-").slice(0, 20)}`);
    const { token, id } = await bind(who);
    const { reference } = await open(token);
    await end(who, reference, id);
    await expect(open(token)).rejects.toMatchObject({ code: "session.device-refused" });
    expect(await authenticateSession(platform(), reference)).toBeNull();
  });
});
