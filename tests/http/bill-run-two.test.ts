/** A bill run that two people decide on, where the company's rule asks for it: the figures of the preview, and none else. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import { billingRoutes } from "#src/money/billing/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { setSetting } from "#src/platform/settings.ts";
import { type BillingTown, createBillingTown, offendersOf } from "#tests/support/billing.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

let town: BillingTown;
let edge: Edge;
beforeAll(async () => {
  town = await createBillingTown();
  const callers: Readonly<Record<string, Actor>> = {
    finance: await person(town.db, "finance-one", ["finance"]),
    approver: await person(town.db, "approver-one", ["finance-approver"]),
  };
  edge = await startEdge(platformOf(town.db), [...billingRoutes, ...approvalRoutes], {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (callers[credential.token.replace("token-of-", "")] ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const get = (path: string) => ask(edge, `/api/v1${path}`, { token: "token-of-finance" });
const post = (path: string, json: unknown, token = "finance") =>
  ask(edge, `/api/v1${path}`, { token: `token-of-${token}`, method: "POST", json });

test("one person is enough until the rule is set; then the second agrees to exactly the preview's figures", async () => {
  expect((await get("/bill-runs?season=2026")).body).toMatchObject({
    items: [],
    needsTwo: false,
    waiting: null,
  });
  await town.db.commands.run({ name: "setting.set", actor: town.db.actor }, (context) =>
    setSetting(context, { key: "billing.run-rule", value: "two-people" }),
  );
  const alone = await post("/bill-runs", { season: 2026 });
  expect([alone.status, alone.body]).toMatchObject([409, { code: "bill-run.needs-two" }]);

  const preview = (await post("/bill-runs/preview", { season: 2026 })).body;
  const figures = {
    season: 2026,
    asOf: preview["asOf"],
    count: preview["count"],
    sumFen: preview["sumFen"],
  };
  // A double click asks once.
  const [asked, twice] = await Promise.all([
    post("/bill-runs/requests", figures),
    post("/bill-runs/requests", figures),
  ]);
  const { approvalId } = asked.body;
  expect(twice.body).toEqual({ approvalId });
  expect((await post("/bill-runs/requests", figures)).body).toEqual({ approvalId });
  expect((await get("/bill-runs?season=2026")).body).toMatchObject({
    needsTwo: true,
    waiting: { approvalId, state: "requested" },
  });
  expect((await post("/bill-runs", { season: 2026, approvalId })).body).toMatchObject({
    code: "approval.pending",
  });
  const own = await post(`/approvals/${String(approvalId)}/decision`, { decision: "approved" });
  expect(own.status).toBe(403);
  await post(`/approvals/${String(approvalId)}/decision`, { decision: "approved" }, "approver");
  const other = await post("/bill-runs", { season: 2026, approvalId, reissueCancelled: true });
  expect(other.body).toMatchObject({ code: "approval.changed" });
  expect((await post("/bill-runs", { season: 2026, approvalId })).body).toMatchObject({ newBills: 6 });
  await town.db.owner.sql.run(
    "update staff_members set display_name = '财务张明' where login = 'finance-one'",
    {},
  );
  expect((await get("/bill-runs?season=2026")).body).toMatchObject({
    items: [
      {
        state: "posted",
        issuedCount: 6,
        startedBy: "finance-one",
        startedByName: "财务张明",
        approvedBy: "approver-one",
      },
    ],
    waiting: null,
  });
  expect(await offendersOf(town.db)).toEqual([]);
});
