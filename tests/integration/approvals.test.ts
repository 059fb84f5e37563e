import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  approvalRoutes,
  approveOnTheSpot,
  decideApproval,
  proveApprover,
  registerApprovalKinds,
  requestApproval,
  useApproval,
  withdrawApproval,
} from "#src/office/approvals/index.ts";
import { listApprovals } from "#src/office/approvals/queries.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { buildSmallTown, openTestAccount } from "#tests/support/small-town.ts";

registerApprovalKinds({ "test.refund": "bank.certify", "test.void": "payment.void" });

let db: TestDatabase;
let maker: Actor;
let checker: Actor;
let cashierA: Actor;
let cashierB: Actor;
beforeAll(async () => {
  db = await createTestDatabase();
  maker = await person(db, "maker", ["finance"]);
  checker = await person(db, "checker", ["finance-approver"]);
  cashierA = await person(db, "cashier-a", ["cashier"]);
  cashierB = await person(db, "cashier-b", ["cashier"]);
});
afterAll(() => db.drop());

const as = async <T>(actor: Actor, work: (context: CommandContext) => Promise<T>): Promise<T> =>
  (await db.commands.run({ name: "test", actor }, work)).result;

const wanted = {
  kind: "test.refund",
  subject: "payment:1",
  request: { paymentId: 1n, amountFen: 100n, b: 2, a: 1 },
};
const ask = () => as(maker, (context) => requestApproval(context, wanted));
const decide = (actor: Actor, id: bigint, decision: "approved" | "refused" = "approved", reason = "") =>
  as(actor, (context) => decideApproval(context, id, decision, reason));
const use = (id: bigint, request: Record<string, unknown> = wanted.request) =>
  as(maker, (context) => useApproval(context, id, "test.refund", request));

describe("maker and checker", () => {
  test("an approved request is used once, as it was approved, whatever the order of its keys", async () => {
    const id = await ask();
    await expect(use(id)).rejects.toMatchObject({ code: "approval.pending" });
    await decide(checker, id);
    await expect(use(id, { ...wanted.request, amountFen: 101n })).rejects.toMatchObject({
      code: "approval.changed",
    });
    expect(await use(id, { a: 1, amountFen: 100n, b: 2, paymentId: 1n })).toEqual({
      requestedBy: maker.id,
      approvedBy: checker.id,
    });
    await expect(use(id)).rejects.toMatchObject({ code: "approval.already-used" });
  });

  test("of twenty users at once one has it", async () => {
    const id = await ask();
    await decide(checker, id);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => use(id)));
    expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  });

  test("a use that is rolled back leaves the approval", async () => {
    const id = await ask();
    await decide(checker, id);
    const failing = as(maker, async (context) => {
      await useApproval(context, id, "test.refund", wanted.request);
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    await use(id);
  });

  test("nobody decides the own request, nor without the kind's permission, nor twice", async () => {
    const both = await person(db, "both", ["finance", "finance-approver"]);
    const own = await as(both, (context) => requestApproval(context, wanted));
    await expect(decide(both, own)).rejects.toMatchObject({ code: "approval.own-request" });
    const id = await ask();
    await expect(decide(cashierA, id)).rejects.toMatchObject({
      code: "forbidden",
      detail: { remedy: expect.stringContaining("finance-approver") as string },
    });
    await expect(decide(checker, id, "refused")).rejects.toMatchObject({ code: "approval.reason-needed" });
    await decide(checker, id, "refused", "wrong account");
    await expect(decide(checker, id)).rejects.toMatchObject({ code: "approval.already-decided" });
    await expect(decide(cashierA, id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(use(id)).rejects.toMatchObject({ code: "approval.refused" });
    await expect(decide(checker, 999_999n)).rejects.toMatchObject({ code: "approval.not-found" });
  });

  test("machines have no second person, unknown kinds no approver, and the maker may withdraw", async () => {
    await expect(as(db.actor, (context) => requestApproval(context, wanted))).rejects.toMatchObject({
      code: "approval.person-needed",
    });
    await expect(
      as(maker, (context) => requestApproval(context, { ...wanted, kind: "test.other" })),
    ).rejects.toMatchObject({ code: "approval.kind-unknown" });
    const id = await ask();
    await expect(as(checker, (context) => withdrawApproval(context, id))).rejects.toMatchObject({
      code: "approval.not-found",
    });
    await as(maker, (context) => withdrawApproval(context, id));
    await expect(decide(checker, id)).rejects.toMatchObject({ code: "approval.already-decided" });
  });

  test("the list shows to each what is theirs to decide or theirs", async () => {
    const route = approvalRoutes.find((one) => one.method === "get");
    const list = async (actor: Actor, query: Record<string, string> = {}) => {
      const reply = await route?.handle({
        platform: platformOf(db),
        actor,
        params: {},
        query: route.query.parse(query),
        body: undefined,
        requestId: "r",
        idempotency: undefined,
        ifMatch: undefined,
        headers: {},
        remoteAddress: "",
        credential: undefined,
      });
      return route?.response.parse(reply?.body) as { items: { id: string; request: object }[] };
    };
    const id = String(await ask());
    const ids = async (actor: Actor, query?: Record<string, string>) =>
      (await list(actor, query)).items.map((item) => item.id);
    expect(await ids(checker)).toContain(id);
    expect(await ids(maker, { mine: "true" })).toContain(id);
    expect(await ids(cashierA)).not.toContain(id);
    expect((await list(checker)).items.find((item) => item.id === id)?.request).toEqual({
      paymentId: "1",
      amountFen: "100",
      a: 1,
      b: 2,
    });
  });
});

describe("areas", () => {
  test("who is bound to an area reads and decides what is about its homes; about no home: who has no bounds", async () => {
    registerApprovalKinds({ "test.reversal": "payment.approve-reversal" });
    const north = await buildSmallTown(db, "N");
    const south = await buildSmallTown(db, "S");
    const { accountId } = await openTestAccount(db, north, "10000001");
    const bound = async (login: string, areaId: bigint): Promise<Actor> => ({
      ...(await person(db, login, ["supervisor"], { areaIds: [areaId] })),
      scope: { kind: "areas", areaIds: [areaId] },
    });
    const here = await bound("supervisor-n", north.areaId);
    const there = await bound("supervisor-s", south.areaId);
    const anywhere = await person(db, "supervisor-all", ["supervisor"]);
    const askFor = (about: bigint | undefined) =>
      as(maker, (context) =>
        requestApproval(context, { kind: "test.reversal", subject: "x:1", accountId: about, request: {} }),
      );
    const ofHome = await askFor(accountId);
    const ofNobody = await askFor(undefined);
    const listed = async (actor: Actor, onlyOthers = false) =>
      (
        await listApprovals(db.database.sql, {
          beforeId: null,
          limit: 50,
          everything: false,
          kinds: ["test.reversal"],
          staffId: staffIdOf(actor),
          onlyMine: false,
          onlyOthers,
          states: null,
          kind: null,
          accountNo: null,
          scope: scopeBindings(actor.scope, "2026-11-10"),
        })
      ).map((row) => row.id);
    expect(await listed(here)).toEqual([ofHome]);
    expect(await listed(there)).toEqual([]);
    expect(await listed(anywhere)).toEqual([ofNobody, ofHome]);
    // The maker finds the own requests among the own, never among what waits for the maker's decision.
    expect(await listed(maker)).toContain(ofHome);
    expect(await listed(maker, true)).toEqual([]);
    expect(await listed(anywhere, true)).toEqual([ofNobody, ofHome]);
    for (const [actor, id] of [
      [there, ofHome],
      [there, ofNobody],
      [here, ofNobody],
    ] as const) {
      await expect(decide(actor, id)).rejects.toMatchObject({ code: "approval.not-found" });
    }
    await decide(here, ofHome);
    await decide(anywhere, ofNobody);
    // The maker sees the own requests wherever they are.
    const boundMaker: Actor = { ...maker, scope: { kind: "areas", areaIds: [south.areaId] } };
    expect((await listed(boundMaker)).slice(0, 2)).toEqual([ofNobody, ofHome]);
  });
});

describe("on the spot", () => {
  const deed = { kind: "test.void", subject: "payment:2", request: { paymentId: 2n } };
  const prove = (login: string, password = `${login}-password`) =>
    proveApprover(platformOf(db), { actor: cashierA, kind: deed.kind }, { login, password });
  const spot = async (login: string, password = `${login}-password`, fail = false) => {
    const approver = await prove(login, password);
    return as(cashierA, async (context) => {
      const approval = await approveOnTheSpot(context, approver, deed);
      if (fail) throw new Error("later");
      return approval;
    });
  };

  test("a second cashier with the own password approves; the approval is used with the deed", async () => {
    const approval = await spot("cashier-b");
    expect(approval).toMatchObject({ requestedBy: cashierA.id, approvedBy: cashierB.id });
    const row = await db.owner.sql.one("select state, decided_by from approvals where id = :id", {
      id: approval.id,
    });
    expect(row).toEqual({ state: "used", decided_by: cashierB.id });
  });

  test("the same person, a wrong password or a person without the right is refused, and guesses are counted", async () => {
    await expect(spot("cashier-a")).rejects.toMatchObject({ code: "approval.own-request" });
    await expect(spot("checker")).rejects.toMatchObject({ code: "approval.approver-forbidden" });
    await expect(spot("cashier-b", "nope")).rejects.toMatchObject({ code: "approval.approver-refused" });
    const failed = () =>
      db.owner.sql.one("select failed_logins from staff_members where login = 'cashier-b'");
    expect(await failed()).toEqual({ failed_logins: 1 });
    const before = await db.owner.sql.one("select count(*) from approvals");
    await expect(spot("cashier-b", undefined, true)).rejects.toThrow("later");
    expect(await db.owner.sql.one("select count(*) from approvals")).toEqual(before);
  });

  test("a deed that is tried again after a deadlock asks for no second proof and leaves one approval", async () => {
    const count = () => db.owner.sql.one<{ count: bigint }>("select count(*) from approvals");
    const attempts = () =>
      db.owner.sql.one("select count(*) from audit_events where command = 'session.attempt'");
    const approver = await prove("cashier-b");
    const [before, proofs] = [await count(), await attempts()];
    let tries = 0;
    await as(cashierA, async (context) => {
      await approveOnTheSpot(context, approver, deed);
      tries += 1;
      if (tries === 1) throw Object.assign(new Error("deadlock detected"), { code: "40P01" });
    });
    expect([tries, (await count()).count]).toEqual([2, before.count + 1n]);
    expect(await attempts()).toEqual(proofs);
  });

  test("one who was proven for the cashier does not approve the own deed, nor another kind", async () => {
    const approver = await prove("cashier-b");
    await expect(as(cashierB, (context) => approveOnTheSpot(context, approver, deed))).rejects.toMatchObject({
      code: "approval.own-request",
    });
    await expect(
      as(cashierA, (context) => approveOnTheSpot(context, approver, { ...deed, kind: "test.refund" })),
    ).rejects.toThrow("proven for the kind");
  });

  test("outside a demo an approver whose role needs a code must give it", async () => {
    await db.owner.sql.run("update database_facts set demo = false");
    registerApprovalKinds({ "test.certify": "bank.certify" });
    const certify = proveApprover(
      platformOf(db),
      { actor: maker, kind: "test.certify" },
      { login: "checker", password: "checker-password" },
    );
    await expect(certify).rejects.toMatchObject({ code: "approval.approver-not-ready" });
  });
});
