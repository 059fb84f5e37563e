/** Two doors: no household gets in at the company's, and no household at another's. (No login of the company at the household's: rights.test.ts.) */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routeName } from "#src/http/declarations.ts";
import { routes } from "#src/http/routes.ts";
import type { Route } from "#src/platform/route.ts";
import { cookieOf, cardOf, type HouseholdTown, startHouseholdTown } from "#tests/support/household-page.ts";
import { OF_HOUSEHOLDS } from "./rights-objects.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

const households = routes.filter((route) => route.permission.startsWith("me."));
const company = routes.filter(
  (route) => route.permission !== "public" && !route.permission.startsWith("me."),
);

const addressOf = (route: Route, valueOf: (object: string) => string): string =>
  route.path.replaceAll(/\{[^}]+\}/g, (found, at: number) =>
    valueOf(route.path.slice(0, at + found.length)),
  ) + (route.path === "/live" ? "?follow=no" : "");
const one = (): string => "1";

const BODIES: Readonly<Record<string, unknown>> = {
  "POST /me/homes/{homeId}/receipts": { paymentId: "1" },
  "POST /me/homes/{homeId}/cases": { category: "heat.not-hot", text: "家里不热" },
  "PUT /me/homes/{homeId}/consents": { purpose: "greeting", granted: true },
};

/** What a home has at its page: a payment with its receipt, and an order that waits at the wallet. */
const furnish = async (page: HouseholdTown, home: number, cookie: string) => {
  const begin = (key: string) =>
    page.me("/me/orders", {
      cookie,
      key: `${key}-${home}`,
      json: { pay: { homeId: String(home) }, amountFen: 100, wallet: "wechat" },
    });
  await page.wallet.pay(String((await begin("paid")).body["orderNo"]));
  const payments = await page.me(`/me/homes/${home}/payments`, { cookie });
  const [payment] = payments.body["items"] as { paymentId: string }[];
  const receipt = await page.me(`/me/homes/${home}/receipts`, {
    cookie,
    json: { paymentId: payment?.paymentId },
  });
  const order = await begin("waits");
  const reported = await page.me(`/me/homes/${home}/cases`, {
    cookie,
    key: `case-of-${home}`,
    json: { category: "heat.not-hot", text: "家里不热" },
  });
  for (const made of [receipt, order, reported]) if (made.status > 299) throw new Error(made.text);
  return {
    "/me/homes/{homeId}": String(home),
    "/me/homes/{homeId}/cases/{ticketNo}": String(reported.body["ticketNo"]),
    "/me/receipts/{id}": String(receipt.body["receiptId"]),
    "/me/orders/{orderNo}": String(order.body["orderNo"]),
  };
};

describe("a household", () => {
  let page: HouseholdTown;
  let cookie: string;
  let own: Readonly<Record<string, string>>;
  let foreign: Readonly<Record<string, string>>;
  beforeAll(async () => {
    page = await startHouseholdTown();
    cookie = await page.signIn(1);
    own = await furnish(page, 1, cookie);
    foreign = await furnish(page, 2, await page.signIn(2));
  }, 60_000);
  afterAll(() => page.stop());

  test("opens no route of the company, whatever name its cookie is sent under", async () => {
    const wrong: string[] = [];
    const reference = cookie.split("=")[1] ?? "";
    for (const route of company) {
      for (const sent of [cookie, `nuan=${reference}`]) {
        const answer = await page.me(addressOf(route, one), {
          method: route.method.toUpperCase(),
          cookie: sent,
          ...(route.body === null ? {} : { json: {} }),
        });
        if (answer.status !== 401) wrong.push(`${routeName(route)}: ${answer.status}`);
      }
      const bearer = await page.me(addressOf(route, one), {
        method: route.method.toUpperCase(),
        headers: { authorization: `Bearer ${reference}` },
        ...(route.body === null ? {} : { json: {} }),
      });
      if (bearer.status !== 401) wrong.push(`${routeName(route)} by bearer: ${bearer.status}`);
    }
    expect(company.length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  const aboutHome = households.filter((route) => route.path.includes("{"));
  const ask = (route: Route, objects: Readonly<Record<string, string>>, who: string) =>
    page.me(
      addressOf(route, (object) => objects[object] ?? "1"),
      {
        method: route.method.toUpperCase(),
        cookie: who,
        key: `rights-${(keys += 1)}`,
        ...(route.body === null ? {} : { json: BODIES[routeName(route)] }),
      },
    );
  let keys = 0;

  test("every object of the page is planted for two homes", () => {
    const named = new Set(
      aboutHome.flatMap(({ path }) =>
        [...path.matchAll(/\{[^}]+\}/g)].map((found) => path.slice(0, found.index + found[0].length)),
      ),
    );
    expect([...named].toSorted()).toEqual(Object.keys(own).toSorted());
    expect([...named].toSorted()).toEqual([...OF_HOUSEHOLDS].toSorted());
  });

  // A home that is let go is gone afterwards.
  const inOrder = aboutHome.toSorted((a, b) => Number(a.method === "delete") - Number(b.method === "delete"));
  test.each(inOrder.map((route) => [routeName(route), route] as const))(
    "%s: one's own is there, another's does not exist",
    async (name, route) => {
      const hidden = await ask(route, foreign, cookie);
      expect([name, hidden.status, String(hidden.body["code"])]).toEqual([
        name,
        404,
        expect.stringMatching(/^(home|receipt|wallet\.order)[.-]not-found$/),
      ]);
      expect(hidden.text).not.toContain("住户2");
      const served = await ask(route, own, cookie);
      const isServed =
        route.method === "get" ? served.status === 200 : ![401, 403, 404].includes(served.status);
      expect([name, isServed, served.status < 500, served.text]).toEqual([name, true, true, served.text]);
    },
  );

  test("what a body names is held to the same bounds", async () => {
    // Home 1 was let go of above.
    const third = await page.signIn(3);
    const paid = await page.town.db.owner.sql.one<{ id: bigint }>(
      `insert into payments (account_id, channel_id, serial, amount_fen, tender, paid_at)
       values (2, 2, 'OTHER-1', 100, 'transfer', now()) returning id`,
    );
    const receipt = await page.me("/me/homes/3/receipts", {
      cookie: third,
      json: { paymentId: String(paid.id) },
    });
    expect([receipt.status, receipt.body["code"]]).toEqual([404, "payment.not-found"]);
    const other = await page.me("/me/orders", {
      cookie: third,
      key: "pay-another",
      json: { pay: { homeId: "2" }, amountFen: 100, wallet: "wechat" },
    });
    expect([other.status, other.body["code"]]).toEqual([404, "home.not-found"]);
    await page.town.db.owner.sql.run("delete from payments where serial = 'OTHER-1'");
  });

  test("the floor of a door without one stands at one's own home, and not at another's", async () => {
    const { sql } = page.town.db.owner;
    await sql.run("update premises set floor = id::text, door = '西户' where id in (3, 4)");
    const session = await page.me("/me/session", {
      json: { accountNo: plantedAccountNo(4), paper: cardOf(4) },
    });
    expect(session.body["homes"]).toMatchObject([{ homeId: "4", unit: "1单元", door: "4层西户" }]);
    const mine = { cookie: cookieOf(session) };
    expect((await page.me("/me/homes/4", mine)).body).toMatchObject({ door: "4层西户" });
    const found = await page.me("/me/look-ups", { ...mine, json: { accountNo: plantedAccountNo(3) } });
    expect(found.body).toMatchObject({ addressTail: "1单元西户" });
    await sql.run("update premises set floor = '', door = id::text where id in (3, 4)");
  });

  test("a home that one looked up can be paid by nobody else", async () => {
    const found = await page.me("/me/look-ups", { cookie, json: { accountNo: plantedAccountNo(3) } });
    expect(found.body).toMatchObject({ owner: "住*", addressTail: "1单元3", owedFen: 410_400 });
    expect(Object.keys(found.body).sort()).toEqual([
      "addressTail",
      "lookUpId",
      "owedFen",
      "owner",
      "wallets",
    ]);
    const signed = await page.me("/me/session", {
      json: { accountNo: plantedAccountNo(4), paper: cardOf(4) },
    });
    const stolen = await page.me("/me/orders", {
      cookie: cookieOf(signed),
      key: "stolen",
      json: { pay: { lookUpId: found.body["lookUpId"] }, amountFen: 100, wallet: "wechat" },
    });
    expect([stolen.status, stolen.body["code"]]).toEqual([404, "home.not-found"]);
  });

  test("a payment that stands is nobody else's to see, to ask about or to call off", async () => {
    const own6 = await page.signIn(6);
    const begun = await page.me("/me/orders", {
      cookie: own6,
      key: "own-order",
      json: { pay: { homeId: "6" }, amountFen: 100, wallet: "wechat" },
    });
    const { orderNo } = begun.body;
    expect(begun.status).toBe(201);
    const other = await page.signIn(7);
    const answers = [
      await page.me(`/me/orders/${String(orderNo)}`, { cookie: other }),
      await page.me(`/me/orders/${String(orderNo)}/code.svg`, { cookie: other }),
      await page.me(`/me/orders/${String(orderNo)}/check`, { cookie: other, method: "POST" }),
      await page.me(`/me/orders/${String(orderNo)}/cancel`, { cookie: other, method: "POST" }),
    ];
    expect(answers.map(({ status, body }) => `${status} ${String(body["code"])}`)).toEqual(
      Array(4).fill("404 wallet.order-not-found"),
    );
    expect((await page.me("/me/orders", { cookie: other })).body["items"]).toEqual([]);
    const standing = await page.me(`/me/orders/${String(orderNo)}`, { cookie: own6 });
    expect(standing.body["state"]).toBe("waiting");
  });

  test("looking others up runs out, and signing in anew begins no new count", async () => {
    const signed = await page.me("/me/session", {
      json: { accountNo: plantedAccountNo(5), paper: cardOf(5) },
    });
    const look = () =>
      page.me("/me/look-ups", { cookie: cookieOf(signed), json: { accountNo: plantedAccountNo(6) } });
    for (let times = 0; times < 20; times += 1) expect((await look()).status).toBe(200);
    const last = await look();
    expect([last.status, last.body["code"]]).toEqual([429, "household.too-many"]);
    const anew = await page.me("/me/session", { json: { accountNo: plantedAccountNo(5), paper: cardOf(5) } });
    const again = await page.me("/me/look-ups", {
      cookie: cookieOf(anew),
      json: { accountNo: plantedAccountNo(6) },
    });
    expect([again.status, again.body["code"]]).toEqual([429, "household.too-many"]);
  });
});
