/**
 * The matrix of rights, made from the API's own document: every operation, asked by every role over real HTTP, about objects of the
 * own area and of another. An operation that is added is asked without being named here; a new object in an address is classed first
 * (rights-objects.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApiDocument } from "#src/http/openapi.ts";
import { routes } from "#src/http/routes.ts";
import { loadTemplate } from "#src/messages/messaging/index.ts";
import { type ActorRole, PERMISSIONS } from "#src/platform/actor.ts";
import { LISTS } from "#src/reports/index.ts";
import { FIGURES } from "#src/service/tickets/index.ts";
import type { Answer } from "./edge.ts";
import {
  addressOf,
  type ApiDocument,
  type Operation,
  operationsOf,
  queryOf,
  sampleOf,
} from "./rights-document.ts";
import { type PlantedObjects, plantObjects } from "./rights-plant.ts";
import { BODIES, reason } from "./rights-bodies.ts";
import { BOUND, OF_COMPANY, OF_HOUSEHOLDS } from "./rights-objects.ts";
import {
  NORTH_NO,
  NORTH_OWNER,
  NORTH_PHONE,
  type RightsCaller,
  type RightsTown,
  SOUTH_NO,
  startRightsTown,
} from "./rights-town.ts";

let town: RightsTown;
let planted: PlantedObjects;
beforeAll(async () => {
  town = await startRightsTown();
  planted = await plantObjects(town);
}, 60_000);
afterAll(() => town.stop());

const document = JSON.parse(
  openApiDocument(routes, { version: "test", publicUrl: "http://localhost:3000" }),
) as ApiDocument;
const operations = operationsOf(document);
/** The household's page has a door of its own, with its own tests (household-rights.test.ts). */
const isHouseholds = ({ permission }: Operation): boolean => permission?.startsWith("me.") === true;
const guarded = operations.filter((one) => one.permission !== null && !isHouseholds(one));

const hasRole = ({ permission }: Operation, { role }: RightsCaller): boolean => {
  const roles: readonly ActorRole[] = permission === null ? [] : PERMISSIONS[permission];
  return roles.includes(role);
};
/** The books, the banks and the bill run know no areas: whoever is bound to one is kept out whole. */
const mayAsk = (operation: Operation, caller: RightsCaller): boolean =>
  hasRole(operation, caller) && (caller.place === "everywhere" || !operation.isWholeCompany);

/** An object of the north in every place, or what stands there for the company. */
const north = (object: string): string => planted.north[object] ?? OF_COMPANY[object]?.examples[0] ?? "1";
const south = (object: string): string => planted.south[object] ?? north(object);
/** Nobody has these. */
const nowhere = (object: string): string => {
  if (BOUND[object] === undefined) return north(object).replace(/^1$/, "99999");
  if (object === "/accounts/{accountNo}") return SOUTH_NO;
  return object.endsWith("{ticketNo}") ? "999994" : "99999";
};

const told = (operation: Operation, caller: RightsCaller | null, text: unknown): string =>
  `${operation.name} by ${caller?.name ?? "nobody"}: ${JSON.stringify(text)}`;
const NAMED = new RegExp(`${NORTH_NO}|${NORTH_OWNER}|${NORTH_PHONE}`);

const askFor = (operation: Operation, caller: RightsCaller | null, address: string, body: unknown) =>
  town.send(caller, operation.method, address, {
    ...(operation.body === null ? {} : { json: body }),
    ...(operation.hasVersion ? { ifMatch: 1 } : {}),
    ...(operation.isRaw ? { raw: "no file of this kind" } : {}),
  });

/** A request that gets as far as the handler lets an empty body get. A stream would not end by itself. */
const askPlainly = (operation: Operation, caller: RightsCaller | null, valueOf = nowhere) =>
  askFor(
    operation,
    caller,
    addressOf(operation, valueOf) + (operation.path === "/live" ? "?follow=no" : ""),
    {},
  );

const QUERIES: Readonly<Record<string, string>> = {
  "GET /accounts/{accountNo}/bill-preview": "?season=2026",
  "GET /message-template-versions": "?channel=sms&name=notice-general",
  "GET /message-template-words": `?channel=sms&name=household-code&locale=en&label=${loadTemplate("household-code", "sms", "en").label}`,
  "GET /messages/costs": "?from=2026-11&to=2026-11",
};

/** A request that is read to its end, about these objects. */
const askWell = (operation: Operation, caller: RightsCaller, valueOf: (object: string) => string) =>
  askFor(
    operation,
    caller,
    addressOf(operation, valueOf) + (QUERIES[operation.name] ?? queryOf(operation)),
    BODIES[operation.name] ?? (operation.body === null ? undefined : sampleOf(operation.body)),
  );

describe("the document", () => {
  test("classes every object that an address names, in one list, and no other", () => {
    const named = new Set(operations.flatMap(({ objects }) => objects));
    const lists = [Object.keys(BOUND), Object.keys(OF_COMPANY), [...OF_HOUSEHOLDS]];
    const classed = lists.flat();
    expect([...named].filter((object) => !classed.includes(object))).toEqual([]);
    expect(classed.filter((object) => !named.has(object))).toEqual([]);
    expect(classed.length).toBe(new Set(classed).size);
    const closed = Object.entries(OF_COMPANY).filter(([, { isClosed }]) => isClosed);
    const open = guarded.filter(
      (one) => !one.isWholeCompany && closed.some(([object]) => one.objects.includes(object)),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  test("every object of an area or a person is planted", () => {
    expect(Object.keys(BOUND).filter((object) => planted.north[object] === undefined)).toEqual([]);
  });
});

/** A number in clear, in an answer that asked for no fresh proof: it was not counted. Papers are for the hand that goes there. */
const clearIn = (one: Operation, { text, headers }: Answer): string | null =>
  !one.asksStepUp && /json/.test(headers.get("content-type") ?? "") && text.includes(NORTH_PHONE)
    ? text
    : null;

/** What a page may load, a printed one too. */
const policyOf = ({ headers }: Answer): string => headers.get("content-security-policy") ?? "unsafe: none";

/** Whoever has the permission has it for all, wherever: with the reason. */
const TILL = "who looks after a till whose cashier is not there looks after any: a till stands in no area";
const FOR_ALL_WHO_MAY: Readonly<Record<string, string>> = {
  "POST /terminal-charges/{id}/cancel-in-place": TILL,
  "POST /terminal-charges/{id}/look-in-place": TILL,
  "POST /shifts/{id}/close-in-place": TILL,
};

describe("an object of another area or person", () => {
  const bound = guarded.filter(({ objects }) => objects.some((object) => BOUND[object] !== undefined));

  test.each(bound.map((one) => [one.name, one] as const))(
    "%s: there for its own, for no other",
    async (_, one) => {
      const wrong: string[] = [];
      let foreign = 0;
      for (const object of one.objects) {
        const rule = BOUND[object];
        if (rule === undefined) continue;
        // What is below another object is asked for below one of the caller's own.
        const valueOf = (other: string): string =>
          other.length < object.length ? south(other) : north(other);
        const isForeign = rule.isForeign ?? (({ place }: RightsCaller) => place === "south");
        for (const caller of town.callers.filter((some) => mayAsk(one, some) && isForeign(some))) {
          foreign += 1;
          const answer = await askWell(one, caller, valueOf);
          const code = String(answer.body["code"]);
          const isHidden =
            (answer.status === 404 && rule.codes.includes(code)) ||
            // What a machine never does is refused whatever it names.
            (answer.status === 403 && caller.kind === "machine" && code.endsWith(".needs-person"));
          if (!isHidden || NAMED.test(answer.text))
            wrong.push(told(one, caller, [object, answer.status, answer.text]));
        }
      }
      expect(wrong.join("\n")).toBe("");
      const isForNobody = one.isWholeCompany || FOR_ALL_WHO_MAY[one.name] !== undefined;
      expect([one.name, foreign > 0]).toEqual([one.name, !isForNobody]);

      const hidden = one.objects.flatMap((object) => BOUND[object]?.codes ?? []);
      const owner = isForNobody
        ? undefined
        : one.objects.map((object) => BOUND[object]?.owner).find((login) => login !== undefined);
      const home = one.isWholeCompany ? "everywhere" : "north";
      const may = town.callers.filter(
        (some) => mayAsk(one, some) && (owner === undefined ? some.place === home : some.name === owner),
      );
      const people = may.filter(({ kind }) => kind === "person");
      const seen: string[] = [];
      let isServed = false;
      for (const caller of people.length > 0 ? people : may) {
        const answer = await askWell(one, caller, north);
        const code = String(answer.body["code"]);
        expect(told(one, caller, clearIn(one, answer))).toBe(told(one, caller, null));
        expect([one.name, policyOf(answer)]).toEqual([one.name, expect.not.stringContaining("unsafe")]);
        isServed =
          one.method === "get"
            ? answer.status === 200
            : answer.status < 500 && !["forbidden", "request.invalid", ...hidden].includes(code);
        if (isServed) break;
        seen.push(told(one, caller, [answer.status, answer.text]));
      }
      expect(isServed ? "" : seen.join("\n")).toBe("");
    },
  );
});

describe("what belongs to the company, lists and bodies", () => {
  const NAMES: Readonly<Record<string, readonly string[]>> = {
    "/report-lists/{name}": Object.keys(LISTS),
    "/ticket-figures/{name}": Object.keys(FIGURES),
  };
  const shared = guarded.filter(
    (one) =>
      one.method === "get" &&
      !one.isWholeCompany &&
      one.objects.length > 0 &&
      one.objects.every((object) => OF_COMPANY[object] !== undefined),
  );

  test("an object of the company names nothing of the north to the south", async () => {
    const wrong: string[] = [];
    for (const one of shared) {
      const last = one.objects.at(-1) ?? "";
      for (const example of NAMES[last] ?? OF_COMPANY[last]?.examples ?? []) {
        const valueOf = (object: string): string => (object === last ? example : north(object));
        for (const caller of town.callers.filter((some) => some.place === "south" && mayAsk(one, some))) {
          const answer = await askWell(one, caller, valueOf);
          if (answer.status >= 500 || NAMED.test(answer.text)) {
            wrong.push(told(one, caller, [example, answer.status, answer.text]));
          }
        }
      }
    }
    expect(wrong.join("\n")).toBe("");
    expect(shared.length).toBeGreaterThan(10);
  });

  test("a list names nothing of the north to the south; the whole company's lists are closed to both", async () => {
    const lists = guarded.filter(
      (one) => one.method === "get" && one.objects.length === 0 && one.path !== "/live",
    );
    const wrong: string[] = [];
    for (const one of lists) {
      for (const caller of town.callers.filter((some) => some.place !== "everywhere" && hasRole(one, some))) {
        const answer = await askWell(one, caller, north);
        const isRight =
          answer.status === (one.isWholeCompany ? 403 : 200) &&
          (caller.place === "north" || !NAMED.test(answer.text));
        if (!isRight) wrong.push(told(one, caller, [answer.status, answer.text]));
      }
    }
    expect(wrong.join("\n")).toBe("");
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
  test("nothing is there without a login", async () => {
    const forged: RightsCaller = {
      name: "forged",
      role: "admin",
      place: "everywhere",
      kind: "machine",
      headers: { authorization: `Bearer nyt_${"x".repeat(32)}` },
    };
    const wrong: string[] = [];
    for (const one of guarded) {
      for (const caller of [null, forged]) {
        const { status, body } = await askPlainly(one, caller, north);
        if (status !== 401 || body["code"] !== "auth.required") wrong.push(told(one, caller, [status, body]));
      }
    }
    expect(wrong.join("\n")).toBe("");
  });

  test("the household's page is closed to every login and token of the company", async () => {
    const wrong: string[] = [];
    for (const one of operations.filter(isHouseholds)) {
      for (const caller of town.callers) {
        const { status, body } = await askPlainly(one, caller);
        if (status !== 401 || body["code"] !== "auth.required") wrong.push(told(one, caller, [status, body]));
      }
    }
    expect(wrong.join("\n")).toBe("");
  });

  // Logging out comes last: the others still need their sessions.
  const inOrder = guarded.toSorted(
    (one, other) => Number(one.name === "DELETE /session") - Number(other.name === "DELETE /session"),
  );
  test.each(inOrder.map((one) => [one.name, one] as const))(
    "%s is for the roles that have its permission, and for no other",
    async (name, one) => {
      const wrong: string[] = [];
      // Whoever lacks the role lacks it in every area.
      for (const caller of town.callers.filter((some) => hasRole(one, some) || some.place === "everywhere")) {
        const isAllowed = mayAsk(one, caller);
        // Whoever may not is refused about what is there as about what is not.
        const answer = await askPlainly(one, caller, isAllowed ? nowhere : north);
        const code = answer.body["code"];
        // A machine has a token and no session whose password or code it could change.
        const hasNoSession = caller.kind === "machine" && name.startsWith("POST /session/");
        const isRight = isAllowed
          ? answer.status < 500 && code !== "forbidden" && (answer.status !== 401 || hasNoSession)
          : answer.status === 403 && code === "forbidden" && !NAMED.test(answer.text);
        if (!isRight) wrong.push(told(one, caller, [isAllowed, answer.status, code]));
      }
      expect(wrong.join("\n")).toBe("");
    },
  );
});
