/**
 * Who may do what: every declared route, asked by every role over real HTTP. A route that is added is asked by this test
 * without being named here; one with a new sort of parameter must be classed first.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routeName } from "#src/http/declarations.ts";
import { routes } from "#src/http/routes.ts";
import { type ActorRole, PERMISSIONS, type Permission, type Role } from "#src/platform/actor.ts";
import type { Route } from "#src/platform/route.ts";
import {
  NORTH_NO,
  NORTH_OWNER,
  NORTH_PHONE,
  type RightsCaller,
  type RightsTown,
  SOUTH_NO,
  startRightsTown,
} from "./rights-town.ts";
import { OF_NO_HOUSEHOLD } from "./rights-classes.ts";

let town: RightsTown;
beforeAll(async () => {
  town = await startRightsTown();
});
afterAll(() => town.stop());

/** The household's page has a door of its own, with its own tests (household-rights.test.ts). */
const isHouseholds = (route: Route): boolean => route.permission.startsWith("me.");
const guarded = routes.filter((route) => route.permission !== "public" && !isHouseholds(route));

const rolesWith = (permission: Permission): readonly ActorRole[] => PERMISSIONS[permission];
const mayAsk = (route: Route, role: Role): boolean =>
  route.permission !== "public" && rolesWith(route.permission).includes(role);

/** The books, the banks and the bill run know no areas: whoever is bound to one is kept out whole. */
const WHOLE_COMPANY =
  /^(bill\.run|bank\.|suspense\.|ledger\.|audit\.|operations\.|channel\.write|setting\.write|(ticket|routing|field|message|notice|report)\.settings|notice\.approve|hotline\.supervise|reminder\.run)/;
const isWholeCompany = (route: Route): boolean => WHOLE_COMPANY.test(route.permission);

const EXAMPLES: Readonly<Record<string, string>> = {
  accountNo: SOUTH_NO,
  areaId: "1",
  buildingId: "0",
  channel: "bank-a",
  code: "bank-a",
  communityId: "0",
  day: "2026-11-09",
  group: "same",
  heatClass: "residential",
  holdId: "99999",
  sheet: "money",
  key: "collection.policy",
  personId: "99999",
  id: "99999",
  loopType: "independent",
  season: "2026",
  unitId: "99999",
  stationId: "1",
  ticketNo: "999994",
  fileId: "1",
  crewId: "99999",
  memberId: "99999",
  deviceId: "99999",
  duty: "manager",
  login: "nobody",
  role: "head-office",
  staffId: "99999",
  tableId: "99999",
  name: "closing",
  language: "zh-CN",
  version: "1",
  locale: "zh-CN",
  provider: "gateway",
};

const addressOf = (route: Route, values: Readonly<Record<string, string>> = {}): string =>
  route.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name] ?? EXAMPLES[name];
    if (value === undefined) throw new Error(`${routeName(route)}: give an example of ${name}`);
    return value;
    // A stream would not end by itself.
  }) + (route.path === "/live" ? "?follow=no" : "");

/** A request that gets as far as the handler lets an empty body get. */
const askPlainly = (route: Route, caller: RightsCaller | null, query = "") =>
  town.send(caller, route.method, addressOf(route) + query, {
    ...(route.body === null ? {} : { json: {} }),
    ...(route.ifMatch ? { ifMatch: 1 } : {}),
    ...(route.consumes === "raw" ? { raw: "no bank's file" } : {}),
  });

const told = (route: Route, caller: RightsCaller | null, text: unknown): string =>
  `${routeName(route)} by ${caller?.name ?? "nobody"}: ${JSON.stringify(text)}`;

type Subject = keyof RightsTown["northIds"] | "accounts";
const subjectOf = (route: Route): Subject | null => {
  const found =
    /^\/(accounts\/\{accountNo\}|(payments|receipts|bills|tasks|work-orders)\/\{id\}|(tickets)\/\{ticketNo\})/.exec(
      route.path,
    );
  return found === null ? null : ((found[2] ?? found[3] ?? "accounts") as Subject);
};
const SINGULAR: Readonly<Record<Subject, string>> = {
  accounts: "account",
  payments: "payment",
  receipts: "receipt",
  bills: "bill",
  tasks: "task",
  tickets: "ticket",
  "work-orders": "work-order",
};

const terms = { heatClass: "residential", loopType: "independent", grossAreaM2: "90", document: "x" };
const hold = { kind: "care", reason: "for care", startsOn: "2026-11-10" };
const owner = { role: "tenant", name: "某人", from: "2026-11-10", source: "counter" };
const reason = "a good reason";
const release = { billNo: "2026-1", reason };
/** Bodies with which a route reaches its household. */
const BODIES: Readonly<Record<string, unknown>> = {
  "POST /accounts/{accountNo}/terms": { ...terms, effectiveOn: "2026-11-15" },
  "POST /accounts/{accountNo}/states": {
    machine: "valve",
    command: "close",
    reason,
    effectiveOn: "2026-11-10",
  },
  "POST /accounts/{accountNo}/close": { reason, effectiveOn: "2026-11-10" },
  "POST /accounts/{accountNo}/holds": hold,
  "POST /accounts/{accountNo}/holds/{holdId}/release": { reason },
  "POST /accounts/{accountNo}/people": owner,
  "POST /accounts/{accountNo}/people/{personId}/consents": {
    purpose: "survey",
    granted: true,
    source: "counter",
  },
  "POST /accounts/{accountNo}/people/{personId}/mail-addresses": { address: "a@b.cn", source: "counter" },
  "POST /accounts/{accountNo}/people/{personId}/reveal": { field: "phone", reason },
  "POST /tickets/{ticketNo}/caller": { reason },
  "POST /accounts/{accountNo}/aliases": { kind: "card", value: "6217-0001" },
  "POST /accounts/{accountNo}/prepaid/release-requests": release,
  "POST /accounts/{accountNo}/prepaid/release": { ...release, approvalId: "1" },
  "POST /accounts/{accountNo}/demand-letters": {},
  "POST /bills/{id}/cancel": { reason },
  "POST /receipts/{id}/void": { reason, approver: { login: "cashier.south", password: "not it" } },
  "POST /payments/{id}/void": { reason, approver: { login: "cashier.south", password: "not it" } },
  "POST /payments/{id}/reversal-requests": { reason },
  "POST /payments/{id}/reversal": { reason, approvalId: "99999", serial: "R-1" },
  "POST /payments/{id}/move-requests": { reason, accountNo: SOUTH_NO },
  "POST /payments/{id}/move": { reason, accountNo: SOUTH_NO, approvalId: "99999" },
  "POST /tasks/{id}/done": { outcome: "looked" },
  "POST /accounts/{accountNo}/valve-request": {},
  "POST /tickets/{ticketNo}/work-orders": { kind: "repair" },
  "POST /work-orders/{id}/schedule": {
    from: "2026-11-11T09:00:00+08:00",
    until: "2026-11-11T11:00:00+08:00",
  },
  "POST /work-orders/{id}/start": {},
  "POST /work-orders/{id}/visits": { version: 1, outcome: "not-home", madeAt: "2026-11-10T09:00:00+08:00" },
  "POST /work-orders/{id}/finish": { result: "measured" },
  "POST /work-orders/{id}/miss": {},
  "POST /work-orders/{id}/defer": {},
  "POST /work-orders/{id}/cancel": { reason },
  "POST /work-orders/{id}/slips": {
    instrumentNo: "CW-1",
    calibratedOn: "2026-09-01",
    measuredAt: "2026-11-10T09:00:00+08:00",
    windows: "closed",
    readings: [{ room: "客厅", heightCm: 120, readingTenths: 168 }],
    measurer: "某人",
    signature: { kind: "witness", name: "某人" },
  },
  "POST /tickets/{ticketNo}/commands": { command: "accept" },
  "POST /tickets/{ticketNo}/close": { closingClass: "explained", text: reason },
  "POST /tickets/{ticketNo}/cancel": { text: reason },
  "PATCH /tickets/{ticketNo}": { summary: "still not hot" },
  "POST /tickets/{ticketNo}/entries": { kind: "note", text: "called" },
  "POST /tickets/{ticketNo}/field-changes": {
    madeAt: "2026-11-10T09:00:00+08:00",
    changes: [{ field: "summary", was: null, now: "x" }],
  },
  "POST /tickets/{ticketNo}/rating": { solved: true },
  "POST /tickets/{ticketNo}/merge": { into: "999994", reason },
  "POST /tickets/{ticketNo}/unmerge": { reason },
  "POST /tickets/{ticketNo}/return": { reason: "beyond-means" },
  "POST /tickets/{ticketNo}/escalate": { words: reason },
  "POST /tickets/{ticketNo}/ruling": { role: "area-manager", level: "area", words: reason, precedent: null },
  "POST /tickets/{ticketNo}/links": { other: "999994", kind: "related" },
};
const QUERIES: Readonly<Record<string, string>> = {
  "GET /accounts/{accountNo}/bill-preview": "?season=2026",
  "GET /messages/costs": "?from=2026-11&to=2026-11",
};

const scoped = guarded.filter((route) => subjectOf(route) !== null);

/** The route about home 1, as well as it can be asked. */
const askAboutNorth = (route: Route, caller: RightsCaller) => {
  const subject = subjectOf(route) ?? "accounts";
  const name = routeName(route);
  if (route.body !== null && BODIES[name] === undefined) throw new Error(`${name}: give a body`);
  const id = subject === "accounts" ? "" : town.northIds[subject];
  const address =
    addressOf(route, {
      accountNo: NORTH_NO,
      id,
      ticketNo: town.northIds.tickets,
      // Home 1 has two files: one of its case, one of its order.
      ...(subject === "work-orders" ? { fileId: "2" } : {}),
    }) + (QUERIES[name] ?? "");
  return town.send(caller, route.method, address, {
    ...(route.body === null ? {} : { json: BODIES[name] }),
    ...(route.ifMatch ? { ifMatch: 1 } : {}),
    ...(route.consumes === "raw" ? { raw: "a photo's description" } : {}),
  });
};

describe("scope", () => {
  test("every route with a parameter is about a household, or about none", () => {
    // Letters of demand are about one, and have their own test beside the lists (reminders.test.ts).
    const unclassed = routes
      .filter((route) => route.path.includes("{"))
      .filter((route) => subjectOf(route) === null && !OF_NO_HOUSEHOLD.has(route.path.split("/")[1] ?? ""))
      .map(routeName);
    expect(unclassed).toEqual([]);
    expect(scoped.length).toBeGreaterThan(25);
  });

  test.each(scoped.map((route) => [routeName(route), route] as const))(
    "%s: home 1 does not exist for the south, and does for the north",
    async (_, route) => {
      const notFound = `${SINGULAR[subjectOf(route) ?? "accounts"]}.not-found`;
      const may = town.callers.filter((caller) => mayAsk(route, caller.role));
      for (const caller of may.filter(({ place }) => place === "south")) {
        const answer = await askAboutNorth(route, caller);
        expect(told(route, caller, [answer.status, answer.body["code"]])).toBe(
          told(route, caller, [404, notFound]),
        );
        expect(answer.text).not.toMatch(new RegExp(`${NORTH_OWNER}|${NORTH_PHONE}`));
      }
      const inside = may.filter(
        ({ place, kind }) =>
          place === "north" && (kind === "person" || may.every((one) => one.kind === kind)),
      );
      expect(inside.length, `${routeName(route)} has somebody in the north`).toBeGreaterThan(0);
      for (const caller of inside.slice(0, 1)) {
        const answer = await askAboutNorth(route, caller);
        expect(told(route, caller, answer.body["code"])).not.toBe(told(route, caller, notFound));
        const isServed =
          route.method === "get"
            ? answer.status === 200
            : answer.status < 500 && answer.body["code"] !== "forbidden";
        const seen = [answer.status, answer.body["code"]];
        expect(told(route, caller, [isServed, ...seen])).toBe(told(route, caller, [true, ...seen]));
      }
    },
  );

  test("a list names nothing of the north to the south; the whole company's lists are closed to both", async () => {
    const lists = guarded.filter((route) => route.method === "get" && !route.path.includes("{"));
    const wrong: string[] = [];
    const named = new RegExp(`${NORTH_NO}|${NORTH_OWNER}|${NORTH_PHONE}`);
    for (const route of lists) {
      const bound = town.callers.filter(({ place, role }) => place !== "everywhere" && mayAsk(route, role));
      for (const caller of bound) {
        const answer = await askPlainly(route, caller, QUERIES[routeName(route)]);
        const isRight =
          answer.status === (isWholeCompany(route) ? 403 : 200) &&
          (caller.place === "north" || !named.test(answer.text));
        if (!isRight) wrong.push(told(route, caller, [answer.status, answer.text]));
      }
    }
    expect(wrong).toEqual([]);
    const tasks = await town.send(town.caller("area-manager", "south"), "get", "/tasks");
    expect(tasks.body["items"]).toEqual([]);
  });

  test("what a body names is held to the same bounds", async () => {
    const { northIds, bankSerial, send, caller } = town;
    const bank = caller("bank-channel", "south");
    const payment = {
      accountNo: NORTH_NO,
      amountFen: 100,
      channel: "bank-a",
      serial: "RIGHTS-2",
      paidAt: "2026-11-10T08:31:00+08:00",
    };
    const cashier = caller("cashier", "south", "person");
    const shift = await send(cashier, "post", "/shifts", { json: { till: "T9", openingCashFen: 0 } });
    const counter = {
      shiftId: shift.body["id"],
      tender: "cash",
      items: [{ accountNo: NORTH_NO, amountFen: 100 }],
    };
    const asked: readonly (readonly [RightsCaller, string, unknown, string])[] = [
      [bank, "/payments", payment, "account.not-found"],
      [
        bank,
        "/reversal-messages",
        { originalSerial: bankSerial, serial: "R-9", reason },
        "payment.not-found",
      ],
      [cashier, "/counter-payments", counter, "account.not-found"],
      [
        caller("finance", "south", "person"),
        "/receipts",
        { paymentIds: [northIds.payments] },
        "payment.not-found",
      ],
    ];
    for (const [who, path, json, code] of asked) {
      const answer = await send(who, "post", path, { json });
      expect([path, answer.status, answer.body["code"]]).toEqual([path, 404, code]);
    }
  });

  test("a bank's machine sees and uses its own channel only", async () => {
    const { callers, northIds, send } = town;
    const other = callers.find((caller) => caller.name.endsWith("bank-b"));
    if (other === undefined) throw new Error("bank-b is there");
    const read = await send(other, "get", `/payments/${northIds.payments}`);
    expect([read.status, read.body["code"]]).toEqual([404, "payment.not-found"]);
    const listed = await send(other, "get", `/accounts/${NORTH_NO}/payments`);
    expect(listed.body["items"]).toEqual([]);
    const foreign = await send(other, "post", "/payments", {
      json: {
        accountNo: NORTH_NO,
        amountFen: 100,
        channel: "bank-a",
        serial: "RIGHTS-3",
        paidAt: "2026-11-10T08:32:00+08:00",
      },
    });
    expect(foreign.status).toBe(403);
    const taken = await send(other, "post", "/reversal-messages", {
      json: { originalSerial: town.bankSerial, serial: "R-10", reason },
    });
    expect([taken.status, taken.body["code"]]).toEqual([404, "payment.not-found"]);
  });
});

describe("permission", () => {
  test.each(guarded.map((route) => [routeName(route), route] as const))(
    "%s needs a login",
    async (_, route) => {
      const nobody = await askPlainly(route, null);
      expect([nobody.status, nobody.body["code"]]).toEqual([401, "auth.required"]);
      const forged: RightsCaller = {
        name: "forged",
        role: "admin",
        place: "everywhere",
        kind: "machine",
        headers: { authorization: `Bearer nyt_${"x".repeat(32)}` },
      };
      expect((await askPlainly(route, forged)).status).toBe(401);
    },
  );

  // Logging out comes last: the others still need their sessions.
  const inOrder = guarded.toSorted(
    (one, other) =>
      Number(routeName(one) === "DELETE /session") - Number(routeName(other) === "DELETE /session"),
  );
  test.each(inOrder.map((route) => [routeName(route), route] as const))(
    "%s is for the roles that have its permission, and for no other",
    async (name, route) => {
      const wrong: string[] = [];
      for (const caller of town.callers) {
        const answer = await askPlainly(route, caller);
        const code = answer.body["code"];
        // A machine has a token and no session whose password or code it could change.
        const hasNoSession = caller.kind === "machine" && name.startsWith("POST /session/");
        const isAllowed =
          mayAsk(route, caller.role) && (caller.place === "everywhere" || !isWholeCompany(route));
        const isRight = isAllowed
          ? answer.status < 500 && code !== "forbidden" && (answer.status !== 401 || hasNoSession)
          : answer.status === 403 && code === "forbidden";
        if (!isRight) wrong.push(told(route, caller, [isAllowed, answer.status, code]));
      }
      expect(wrong).toEqual([]);
    },
  );
});
