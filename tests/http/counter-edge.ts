/** The counter over real HTTP for tests: a paying town, its people and banks as callers, and short ways to ask. */
import { expect } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import type { Outside } from "#src/platform/config-outside.ts";
import { collectionProofs, collectionRoutes } from "#src/money/collection/index.ts";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { type Answer, ask, startEdge } from "./edge.ts";

export type Caller = "cashier" | "otherCashier" | "finance" | "approver" | "bankA" | "bankB";

export type CounterEdge = {
  readonly town: PayingTown;
  readonly url: string;
  /** A POST with a key of its own, unless one is given. */
  post(who: Caller, path: string, json: Record<string, unknown>, key?: string): Promise<Answer>;
  get(who: Caller, path: string): Promise<Answer>;
  openShift(who: Caller, till: string): Promise<string>;
  /** Closes with exactly what the ledger expects. */
  closeQuietly(who: Caller, shiftId: string): Promise<void>;
  counterPayment(account: number, shiftId: string, amountFen?: number): Record<string, unknown>;
  bankPayment(account: number, serial: string, amountFen: number): Promise<string>;
  /** Asked for by finance, approved by the second person. */
  approved(path: string, json: Record<string, unknown>): Promise<string>;
  proofsHold(): Promise<void>;
  stop(): Promise<void>;
};

/** Status and code of a refusal. */
export const codeOf = async (asked: Promise<Answer>): Promise<[number, unknown]> => {
  const answer = await asked;
  return [answer.status, answer.body["code"]];
};

/** `outside`: the world beyond the house, such as the gateway of the terminals. */
export const startCounter = async (outside?: Outside): Promise<CounterEdge> => {
  const town = await createPayingTown(60);
  await town.db.owner.sql.run("update database_facts set company_name = '暖阳热力', hotline = '96123'");
  const platform = outside === undefined ? town.platform : { ...town.platform, outside };
  const edge = await startEdge(platform, [...collectionRoutes, ...approvalRoutes], {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (town[credential.token.replace("token-", "") as Caller] ?? null) : null,
  });
  let count = 0;
  const post: CounterEdge["post"] = (who, path, json, key = `counter-${(count += 1)}`) =>
    ask(edge, `/api/v1${path}`, { token: `token-${who}`, json, headers: { "idempotency-key": key } });
  const get: CounterEdge["get"] = (who, path) => ask(edge, `/api/v1${path}`, { token: `token-${who}` });
  return {
    town,
    url: edge.url,
    post,
    get,
    openShift: async (who, till) => {
      const answer = await post(who, "/shifts", { till, openingCashFen: 10_000 });
      expect([answer.status, answer.body["code"]]).toEqual([201, undefined]);
      return String(answer.body["id"]);
    },
    closeQuietly: async (who, shiftId) => {
      const { body } = await get(who, `/shifts/${shiftId}`);
      const tenders = body["tenders"] as { tender: string; keptFen: number }[];
      const kept = (tender: string) => tenders.find((one) => one.tender === tender)?.keptFen ?? 0;
      const answer = await post(who, `/shifts/${shiftId}/close`, {
        countedCashFen: Number(body["openingCashFen"]) + kept("cash"),
        posTotalFen: kept("card"),
        depositSlipNo: "S-1",
      });
      expect(answer.body).toMatchObject({ state: "closed" });
    },
    counterPayment: (account, shiftId, amountFen = 205_200) => ({
      accountNo: plantedAccountNo(account),
      amountFen,
      channel: "counter",
      serial: `C-${account}-${(count += 1)}`,
      paidAt: town.db.clock.now().toISOString(),
      tender: "cash",
      shiftId,
    }),
    bankPayment: async (account, serial, amountFen) => {
      const paid = await post("bankA", "/payments", {
        accountNo: plantedAccountNo(account),
        amountFen,
        channel: "bank-a",
        serial,
        paidAt: town.db.clock.now().toISOString(),
      });
      expect([paid.status, paid.body["code"]]).toEqual([201, undefined]);
      return String(paid.body["paymentId"]);
    },
    approved: async (path, json) => {
      const asked = await post("finance", path, json);
      expect(asked.body).toMatchObject({ approvalId: expect.any(String) });
      const approvalId = String(asked.body["approvalId"]);
      const decided = await post("approver", `/approvals/${approvalId}/decision`, { decision: "approved" });
      expect(decided.status).toBe(200);
      return approvalId;
    },
    proofsHold: async () => {
      expect(await runProofs(town.db.database, [...ledgerProofs, ...collectionProofs])).toEqual([]);
    },
    stop: async () => {
      await edge.stop();
      await town.db.drop();
    },
  };
};
