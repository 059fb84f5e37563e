/** Two doors: nobody of the company gets in at the household's, no household gets in at the company's, and no household at another's. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routeName } from "#src/http/declarations.ts";
import { routes } from "#src/http/routes.ts";
import type { Route } from "#src/platform/route.ts";
import { cookieOf, cardOf, type HouseholdTown, startHouseholdTown } from "#tests/support/household-page.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { type RightsTown, startRightsTown } from "./rights-town.ts";

const households = routes.filter((route) => route.permission.startsWith("me."));
const company = routes.filter(
  (route) => route.permission !== "public" && !route.permission.startsWith("me."),
);

const addressOf = (route: Route, id: string): string =>
  route.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    name === "orderNo" ? "W20261110000000000000" : id,
  ) + (route.path === "/live" ? "?follow=no" : "");

const BODIES: Readonly<Record<string, unknown>> = {
  "POST /me/homes/{homeId}/receipts": { paymentId: "1" },
  "POST /me/homes/{homeId}/cases": { category: "heat.not-hot", text: "家里不热" },
  "PUT /me/homes/{homeId}/consents": { purpose: "greeting", granted: true },
};

describe("the household's door", () => {
  let town: RightsTown;
  beforeAll(async () => {
    town = await startRightsTown();
  }, 60_000);
  afterAll(() => town.stop());

  test.each(households.map((route) => [routeName(route), route] as const))(
    "%s is closed to every login and token of the company",
    async (_, route) => {
      const wrong: string[] = [];
      for (const caller of town.callers) {
        const sent = route.body === null ? {} : { json: {} };
        const answer = await town.send(caller, route.method, addressOf(route, "1"), sent);
        if (answer.status !== 401 || answer.body["code"] !== "auth.required") {
          wrong.push(`${caller.name}: ${answer.status} ${String(answer.body["code"])}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe("a household", () => {
  let page: HouseholdTown;
  let cookie: string;
  beforeAll(async () => {
    page = await startHouseholdTown();
    cookie = await page.signIn(1);
  }, 60_000);
  afterAll(() => page.stop());

  test("opens no route of the company, whatever name its cookie is sent under", async () => {
    const wrong: string[] = [];
    const reference = cookie.split("=")[1] ?? "";
    for (const route of company) {
      for (const sent of [cookie, `nuan=${reference}`]) {
        const answer = await page.me(addressOf(route, "1"), {
          method: route.method.toUpperCase(),
          cookie: sent,
          ...(route.body === null ? {} : { json: {} }),
        });
        if (answer.status !== 401) wrong.push(`${routeName(route)}: ${answer.status}`);
      }
      const bearer = await page.me(addressOf(route, "1"), {
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
  test.each(aboutHome.map((route) => [routeName(route), route] as const))(
    "%s: another's does not exist",
    async (name, route) => {
      const answer = await page.me(addressOf(route, "2"), {
        method: route.method.toUpperCase(),
        cookie,
        key: `rights-${name.replaceAll(/\W/g, "")}`,
        ...(route.body === null ? {} : { json: BODIES[name] }),
      });
      expect([name, answer.status, String(answer.body["code"])]).toEqual([
        name,
        404,
        expect.stringMatching(/^(home|receipt|wallet\.order)[.-]not-found$/),
      ]);
      expect(answer.text).not.toContain("住户2");
    },
  );

  test("what a body names is held to the same bounds", async () => {
    const paid = await page.town.db.owner.sql.one<{ id: bigint }>(
      `insert into payments (account_id, channel_id, serial, amount_fen, tender, paid_at)
       values (2, 2, 'OTHER-1', 100, 'transfer', now()) returning id`,
    );
    const receipt = await page.me("/me/homes/1/receipts", { cookie, json: { paymentId: String(paid.id) } });
    expect([receipt.status, receipt.body["code"]]).toEqual([404, "payment.not-found"]);
    const other = await page.me("/me/orders", {
      cookie,
      key: "pay-another",
      json: { pay: { homeId: "2" }, amountFen: 100, wallet: "wechat" },
    });
    expect([other.status, other.body["code"]]).toEqual([404, "home.not-found"]);
    await page.town.db.owner.sql.run("delete from payments where serial = 'OTHER-1'");
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

  test("looking others up runs out", async () => {
    const signed = await page.me("/me/session", {
      json: { accountNo: plantedAccountNo(5), paper: cardOf(5) },
    });
    const look = () =>
      page.me("/me/look-ups", { cookie: cookieOf(signed), json: { accountNo: plantedAccountNo(6) } });
    for (let times = 0; times < 20; times += 1) expect((await look()).status).toBe(200);
    const last = await look();
    expect([last.status, last.body["code"]]).toEqual([429, "household.too-many"]);
  });
});
