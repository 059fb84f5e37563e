/** What asks for a fresh proof, and what is shown in clear: over the whole API, with real sessions. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routeName } from "#src/http/declarations.ts";
import { openApiDocument } from "#src/http/openapi.ts";
import { routes } from "#src/http/routes.ts";
import { authenticateSession, logIn } from "#src/office/staff/index.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { person } from "#tests/support/people.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

const MINUTE_MS = 60_000;
const ACCOUNT_NO = plantedAccountNo(1);
const PHONE = "13812345671";

let town: PayingTown;
let edge: Edge;
let personId: string;
beforeAll(async () => {
  town = await createPayingTown(2);
  edge = await startEdge(town.platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token" ? null : authenticateSession(town.platform, credential.reference),
  });
  await person(town.db, "finance", ["finance"]);
  await person(town.db, "boss", ["supervisor"]);
  await person(town.db, "admin", ["admin"]);
  const agent = await enter("agent", "agent");
  const added = await agent.send("POST", `/accounts/${ACCOUNT_NO}/people`, {
    json: {
      role: "owner",
      name: "慕容北辰",
      phones: [{ number: PHONE }],
      from: "2026-11-01",
      source: "counter",
    },
    ifMatch: 1,
  });
  personId = String(added.body["personId"]);
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

type More = { readonly json?: unknown; readonly ifMatch?: number };
const known = new Set<string>();

/** A browser of somebody who has just logged in. */
const enter = async (login: string, role?: "agent") => {
  if (role !== undefined && !known.has(login)) await person(town.db, login, [role]);
  known.add(login);
  const { reference } = await logIn(town.platform, { login, password: `${login}-password` });
  return {
    send: (method: string, path: string, { json, ifMatch }: More = {}) =>
      ask(edge, `/api/v1${path}`, {
        method,
        ...(json === undefined ? {} : { json }),
        headers: {
          cookie: `nuan=${reference}`,
          "x-nuan": "1",
          "sec-fetch-site": "same-origin",
          ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
        },
      }),
  };
};

type Operation = { readonly "x-step-up"?: boolean; readonly "x-permission"?: string };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

describe("a fresh proof", () => {
  test("is asked for by every export, refund and reveal, and the document says so", () => {
    const document = JSON.parse(
      openApiDocument(routes, { version: "test", publicUrl: "http://localhost" }),
    ) as Document;
    const asking = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, one]) =>
        one["x-step-up"] === true ? [`${method.toUpperCase()} ${path}`] : [],
      ),
    );
    expect(asking.toSorted()).toEqual(
      routes
        .filter((route) => route.stepUp)
        .map(routeName)
        .toSorted(),
    );
    // By its name a route that lets data or money out: whoever adds one declares it.
    const leaving = /\/(export|reveal|caller)$|\/(reversal|release|return|move)(-requests|-messages)?$/;
    const money = /^\/(payments|accounts|suspense|reversal-messages)/;
    const meant = routes.filter(
      ({ method, path }) =>
        method === "post" &&
        (/\/(export|reveal|caller)$/.test(path) || (leaving.test(path) && money.test(path))),
    );
    expect(meant.length).toBeGreaterThan(10);
    // A hold's release and an account's move concern no money.
    const harmless = ["POST /accounts/{accountNo}/holds/{holdId}/release"];
    const open = meant
      .filter((route) => !route.stepUp)
      .map(routeName)
      .filter((name) => !harmless.includes(name));
    expect(open).toEqual([]);
  });

  test("lasts ten minutes, is renewed by the own password, and by nothing else", async () => {
    const { send } = await enter("finance");
    const exporting = () => send("POST", "/arrears/export", { json: { season: "2026", purpose: "复核" } });
    expect((await exporting()).body["code"]).not.toBe("session.step-up-needed");
    town.db.clock.advanceMs(10 * MINUTE_MS + 1000);
    const late = await exporting();
    expect([late.status, late.body["code"]]).toEqual([403, "session.step-up-needed"]);
    // Reading goes on, and so does what is not asked for.
    expect((await send("GET", `/accounts/${ACCOUNT_NO}/bills`)).status).toBe(200);
    const wrong = await send("POST", "/session/step-up", { json: { password: "not it" } });
    expect([wrong.status, wrong.body["code"]]).toEqual([403, "session.step-up-refused"]);
    const code = await send("POST", "/session/step-up", { json: { code: "123456" } });
    expect([code.status, code.body["code"]]).toEqual([403, "session.step-up-refused"]);
    expect((await exporting()).body["code"]).toBe("session.step-up-needed");
    const right = await send("POST", "/session/step-up", { json: { password: "finance-password" } });
    expect(right.status).toBe(200);
    expect(Date.parse(String(right.body["provedUntil"]))).toBe(
      town.db.clock.now().getTime() + 10 * MINUTE_MS,
    );
    expect((await exporting()).body["code"]).not.toBe("session.step-up-needed");
    const audited = await town.db.database.sql.rows(
      "select details from audit_events where command = 'session.step-up' and details ->> 'by' = 'password'",
    );
    expect(audited).toHaveLength(1);
  });

  test("counts wrong tries like a login does", async () => {
    const { send } = await enter("boss");
    for (let tries = 0; tries < 10; tries += 1) {
      await send("POST", "/session/step-up", { json: { password: "not it" } });
    }
    const locked = await send("POST", "/session/step-up", { json: { password: "boss-password" } });
    expect([locked.status, locked.body["code"]]).toEqual([403, "session.step-up-refused"]);
    town.db.clock.advanceMs(2 * MINUTE_MS);
    expect((await send("POST", "/session/step-up", { json: { password: "boss-password" } })).status).toBe(
      200,
    );
  });
});

describe("what is masked", () => {
  test("is shown one field at a time, with a reason, counted and audited; the audit does not hold it", async () => {
    const { send } = await enter("agent", "agent");
    const path = `/accounts/${ACCOUNT_NO}/people/${personId}/reveal`;
    const account = await send("GET", `/accounts/${ACCOUNT_NO}`);
    expect(account.text).not.toMatch(new RegExp(`${PHONE}|慕容北辰`));
    const mute = await send("POST", path, { json: { field: "phone" } });
    expect([mute.status, mute.body["code"]]).toEqual([400, "request.invalid"]);
    const phone = await send("POST", path, { json: { field: "phone", reason: "回电" } });
    expect(phone.body).toEqual({ value: `+86${PHONE}` });
    expect((await send("POST", path, { json: { field: "name", reason: "核对" } })).body["value"]).toBe(
      "慕容北辰",
    );
    const none = await send("POST", path, { json: { field: "mail", reason: "回信" } });
    expect([none.status, none.body["code"]]).toEqual([404, "reveal.nothing-there"]);
    const other = await send("POST", `/accounts/${plantedAccountNo(2)}/people/${personId}/reveal`, {
      json: { field: "name", reason: "核对" },
    });
    expect([other.status, other.body["code"]]).toEqual([404, "person.not-found"]);

    const boss = await enter("admin");
    const seen = await boss.send("GET", "/reveals?login=agent");
    expect(seen.body["items"]).toMatchObject([
      { login: "agent", field: "name", subject: `person:${personId}`, reason: "核对", ofTheDay: 2 },
      { login: "agent", field: "phone", reason: "回电", ofTheDay: 1 },
    ]);
    expect(seen.text).not.toMatch(new RegExp(`${PHONE}|慕容北辰`));
    const audited = await town.db.database.sql.rows<{ details: unknown }>(
      "select details from audit_events where command = 'person.reveal' order by id",
    );
    expect(audited.map(({ details }) => details)).toMatchObject([{ shown: "phone" }, { shown: "name" }]);
    expect(JSON.stringify(audited)).not.toMatch(new RegExp(`${PHONE}|慕容北辰|回电`));
  });

  test("runs out in a day: the supervisor is told once, then nothing more is shown until tomorrow", async () => {
    const admin = await enter("admin");
    const set = await admin.send("PUT", "/settings/reveals.per-day", {
      json: { value: { warnAt: 3, stopAt: 4 } },
      ifMatch: 0,
    });
    expect(set.status).toBe(200);
    const { send } = await enter("curious", "agent");
    const look = () =>
      send("POST", `/accounts/${ACCOUNT_NO}/people/${personId}/reveal`, {
        json: { field: "phone", reason: "回电" },
      });
    const tasks = async () =>
      (await (await enter("boss")).send("GET", "/tasks?kind=many-reveals")).body["items"] as unknown[];
    for (let times = 0; times < 2; times += 1) expect((await look()).status).toBe(200);
    expect(await tasks()).toHaveLength(0);
    for (let times = 0; times < 2; times += 1) expect((await look()).status).toBe(200);
    expect(await tasks()).toHaveLength(1);
    const over = await look();
    expect([over.status, over.body["code"]]).toEqual([429, "reveal.used-up"]);
    expect(over.text).not.toContain(PHONE);
    town.db.clock.advanceMs(24 * 60 * MINUTE_MS);
    const next = await enter("curious", "agent");
    const again = await next.send("POST", `/accounts/${ACCOUNT_NO}/people/${personId}/reveal`, {
      json: { field: "phone", reason: "回电" },
    });
    expect(again.status).toBe(200);
  });
});
