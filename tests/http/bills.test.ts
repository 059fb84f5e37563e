/** Bills over real HTTP: the run, the account's bills with their reasons, paper, and what a stranger sees. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import { billingRoutes } from "#src/money/billing/index.ts";
import { tariffRoutes } from "#src/money/tariffs/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import { calendarRoutes } from "#src/office/calendars/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { type BillingTown, createBillingTown, offendersOf } from "#tests/support/billing.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

let town: BillingTown;
let edge: Edge;
beforeAll(async () => {
  town = await createBillingTown();
  const finance = await person(town.db, "finance-one", ["finance"]);
  const agent = await person(town.db, "agent-one", ["agent"]);
  const callers: Readonly<Record<string, Actor>> = {
    finance,
    agent,
    approver: await person(town.db, "approver-one", ["finance-approver"]),
    narrow: { ...agent, scope: { kind: "areas", areaIds: [999n] } },
    branch: { ...finance, scope: { kind: "areas", areaIds: [town.town.areaId] } },
  };
  const routes = [...billingRoutes, ...tariffRoutes, ...calendarRoutes, ...approvalRoutes];
  edge = await startEdge(platformOf(town.db), routes, {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (callers[credential.token.replace("token-of-", "")] ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const get = (path: string, token = "agent") => ask(edge, `/api/v1${path}`, { token: `token-of-${token}` });
const post = (path: string, json: unknown, token = "finance") =>
  ask(edge, `/api/v1${path}`, { token: `token-of-${token}`, method: "POST", json });

describe("a season over HTTP", () => {
  test("says what it costs, and which season's bills are current", async () => {
    const seasons = await get("/seasons");
    expect(seasons.body).toMatchObject({ billingNow: 2026, heatingNow: null });
    const tariffs = await get("/seasons/2026/tariffs");
    expect(tariffs.body).toMatchObject({ season: 2026 });
    expect(JSON.stringify(tariffs.body)).toContain("22.80");
    expect((await get("/seasons/2050/tariffs")).status).toBe(404);
    expect((await get("/tariffs/prices")).body).toMatchObject({
      items: [
        { heatClass: "residential", priceYuan: "0.19", from: "2008-11-15", until: null },
        { heatClass: "non-residential", priceYuan: "0.28" },
      ],
    });
  });

  test("previews with counts, lists one group at a time, and issues what it previewed", async () => {
    const preview = await post("/bill-runs/preview", { season: 2026 });
    expect([preview.status, preview.body]).toMatchObject([
      200,
      { count: 6, sumFen: 1_255_684, rollCount: 11 },
    ]);
    const refused = await get("/bill-runs/preview/refused?season=2026", "finance");
    expect(refused.body).toMatchObject({
      items: [
        { accountNo: "H005", reason: "supply.suspended" },
        { accountNo: "H007", reason: "supply.cut-off" },
        { accountNo: "H008", reason: "account.closed" },
        { accountNo: "H009", reason: "area.zero" },
        { accountNo: "H010", reason: "supply.never-opened" },
      ],
    });
    // The whole roll was looked at: there is no next page.
    expect(refused.body["nextCursor"]).toBeNull();

    const wrong = await post("/bill-runs", { season: 2026, expectCount: 7 });
    expect([wrong.status, wrong.body]).toMatchObject([422, { code: "bill-run.differs" }]);
    const issued = await post("/bill-runs", { season: 2026, expectCount: 6, expectSumFen: 1_255_684 });
    expect([issued.status, issued.body]).toMatchObject([200, { newBills: 6, newSumFen: 1_255_684 }]);
    const { runId } = issued.body as { runId: string };
    const run = await get(`/bill-runs/${runId}`, "finance");
    expect(run.body).toMatchObject({ state: "posted", issuedCount: 6, expectedCount: 6 });
    expect((await post("/bill-runs", { season: 2026 })).body).toMatchObject({ runId: null, newBills: 0 });
    expect(await offendersOf(town.db)).toEqual([]);
  });

  test.each([
    ["an unknown season", { season: 2031 }, "finance", 404, "season.unknown"],
    ["a season that is no number", { season: "2026" }, "finance", 400, "request.invalid"],
    ["a field nobody knows", { season: 2026, force: true }, "finance", 400, "request.invalid"],
    ["an agent", { season: 2026 }, "agent", 403, "forbidden"],
    ["a branch's finance", { season: 2026 }, "branch", 403, "forbidden"],
  ])("refuses %s", async (_name, body, token, status, code) => {
    const answer = await post("/bill-runs", body, token);
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
  });
});

describe("an account's bills", () => {
  test("show amounts, what is open, and why, in both languages", async () => {
    const answer = await get("/accounts/H002/bills");
    expect([answer.status, answer.body]).toMatchObject([
      200,
      {
        accountNo: "H002",
        offeredFen: 201_484,
        items: [
          {
            season: 2026,
            kind: "heat",
            state: "offered",
            amountFen: 201_484,
            paidFen: 0,
            openFen: 201_484,
            dueOn: null,
            lines: [{ formula: "88.37 × 0.19 × 120 = 2,014.84", agrees: true }],
          },
        ],
      },
    ]);
    const { items } = answer.body as { items: { id: string; billNo: string }[] };
    expect(items[0]?.billNo).toBe(`2026-${items[0]?.id}`);
    const explained = await get(`/bills/${items[0]?.id}/explanation`);
    expect(explained.body).toMatchObject({
      lines: [{ explanation: { "zh-CN": expect.arrayContaining([expect.stringContaining("88.37 ㎡")]) } }],
    });
  });

  test("one bill on request equals the run's, and says why there is none", async () => {
    expect((await get("/accounts/H002/bill-preview?season=2026")).body).toMatchObject({
      amountFen: 201_484,
      refusal: "bill.exists",
    });
    expect((await get("/accounts/H005/bill-preview?season=2026")).body).toMatchObject({
      refusal: "supply.suspended",
      billId: null,
    });
  });

  test("do not exist for somebody who serves another area", async () => {
    const { items } = (await get("/accounts/H001/bills")).body as { items: { id: string }[] };
    for (const path of ["", "/explanation", "/print", "/print.pdf"]) {
      const answer = await get(`/bills/${items[0]?.id}${path}`, "narrow");
      expect([answer.status, answer.body]).toMatchObject([404, { code: "bill.not-found" }]);
    }
    expect((await get("/accounts/H001/bills", "narrow")).status).toBe(404);
    expect((await get("/bills/999999")).status).toBe(404);
  });

  test("print as a page and as PDF", async () => {
    const { items } = (await get("/accounts/H004/bills")).body as { items: { id: string }[] };
    const fetchText = (path: string) =>
      fetch(`${edge.url}/api/v1/bills/${items[0]?.id}/${path}`, {
        headers: { authorization: "Bearer token-of-agent" },
      });
    const page = await fetchText("print?locale=en");
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toContain("3,360.00");
    const pdf = await fetchText("print.pdf");
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
  });
});

describe("two people", () => {
  const approve = (approvalId: string) =>
    post(`/approvals/${approvalId}/decision`, { decision: "approved", reason: "ok" }, "approver");

  test("cancel a bill: one asks, another approves, the first does it", async () => {
    const { items } = (await get("/accounts/H011/bills")).body as { items: { id: string }[] };
    const path = `/bills/${items[0]?.id}/cancel`;
    expect((await post(path, { reason: "x" }, "agent")).status).toBe(403);
    const asked = await post(path, { reason: "no garage" });
    expect(asked.body).toMatchObject({ state: "approval-requested" });
    const { approvalId } = asked.body as { approvalId: string };
    expect((await approve(approvalId)).status).toBe(200);
    expect((await post(path, { reason: "no garage", approvalId })).body).toMatchObject({
      state: "cancelled",
    });
    expect((await get("/accounts/H011/bills")).body).toMatchObject({
      items: [{ state: "cancelled", openFen: 0, cancelledReason: "no garage" }],
    });
  });

  test("set a price, and only the one that was approved", async () => {
    const price = {
      heatClass: "residential",
      priceYuan: "0.21",
      from: "2030-11-01",
      document: "郑发改价[2030]1号",
      approvedBy: "发改委",
    };
    const asked = await post("/tariffs/prices", price);
    const { approvalId } = asked.body as { approvalId: string };
    expect((await approve(approvalId)).status).toBe(200);
    const other = await post("/tariffs/prices", { ...price, priceYuan: "0.20", approvalId });
    expect(other.body).toMatchObject({ code: "approval.changed" });
    expect((await post("/tariffs/prices", { ...price, approvalId })).body).toMatchObject({ state: "done" });
    const bad = await post("/tariffs/prices", { ...price, priceYuan: "cheap" });
    expect([bad.status, bad.body]).toMatchObject([400, { code: "price.unreadable" }]);
  });
});
