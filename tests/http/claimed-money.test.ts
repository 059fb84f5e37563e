/** Every fen that a household has is explained by its list: payments, money that was claimed for it, with what each paid, and receipts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bankRoutes } from "#src/bank/reconciliation/index.ts";
import { collectionRoutes } from "#src/money/collection/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  BILL_FEN,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

const FINANCE = "token-of-finance";
const CASHIER = "token-of-the-cashier";
const HOME = 5;

let town: BankTown;
let edge: Edge;
beforeAll(async () => {
  town = await buildBankTown();
  const cashier: Actor = { ...town.finance, roles: ["cashier"] };
  const callers = new Map<string, Actor>([
    [FINANCE, town.finance],
    [CASHIER, cashier],
  ]);
  edge = await startEdge(town.platform, [...bankRoutes, ...collectionRoutes], {
    authenticate: async (credential) =>
      credential.kind === "session" ? null : (callers.get(credential.token) ?? null),
  });
});
afterAll(async () => {
  await edge.stop();
  await town.drop();
});

type Row = {
  readonly id: string;
  readonly kind: string;
  readonly claimId: string | null;
  readonly amountFen: number;
  readonly state: string;
  readonly receiptNo: string | null;
};
const account = `/api/v1/accounts/${plantedAccountNo(HOME)}`;
const listed = async (limit = 50): Promise<Row[]> =>
  (await ask(edge, `${account}/payments?limit=${limit}`, { token: FINANCE })).body["items"] as Row[];
/** What bills count as paid, and prepaid. */
const stands = async (): Promise<number> =>
  Number(
    (
      await town.db.owner.sql.one<{ fen: bigint }>(
        `select ((select coalesce(sum(paid_fen), 0) from bills where account_id = :home)
           + (select coalesce(sum(balance_fen), 0) from household_balances where account_id = :home and code = 'prepaid'))::bigint
           as fen`,
        { home: HOME },
      )
    ).fen,
  );

test("claimed money stands among the payments, sums up with them, gets one receipt, and the day is reconciled by itself", async () => {
  const paid = 3n * BILL_FEN;
  await importFile(
    town,
    await writeBankFile(town, [
      bankRow("C1", HOME, { amountMinor: 100_000n }),
      bankRow("C2", "700000001", { amountMinor: paid }),
    ]),
  );
  const [item] = (await ask(edge, "/api/v1/suspense?state=open", { token: FINANCE })).body["items"] as {
    id: string;
  }[];
  const claim = (more: object) =>
    ask(edge, `/api/v1/suspense/${item?.id ?? ""}/claim`, {
      token: FINANCE,
      json: { accountNo: plantedAccountNo(HOME), reason: "slip shown", ...more },
    });
  const approvalId = String((await claim({})).body["approvalId"]);
  await town.approve(BigInt(approvalId));
  expect((await claim({ approvalId })).body).toMatchObject({ state: "done", resolution: "claimed" });

  const day = await ask(edge, `/api/v1/bank-days/${FILE_CHANNEL}/2026-11-10`, { token: FINANCE });
  expect(day.body).toMatchObject({ state: "reconciled", closes: true });

  const rows = await listed();
  expect(rows).toMatchObject([
    {
      kind: "claim",
      claimId: item?.id,
      paymentId: null,
      channel: FILE_CHANNEL,
      channelName: "文件银行",
      channelNameEn: null,
      serial: "C2",
      amountFen: Number(paid),
      paidAt: "2026-11-10T04:00:00.000Z",
      allocations: [{ seasonId: 2026, amountFen: 105_200, rule: "claim" }],
      prepaidFen: Number(paid) - 105_200,
      receiptNo: null,
    },
    { kind: "payment", amountFen: 100_000, claimId: null },
  ]);
  expect(rows.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(await stands());
  expect((await listed(1)).map(({ kind }) => kind)).toEqual(["claim"]);

  const give = (key: string) =>
    ask(edge, "/api/v1/receipts", {
      token: CASHIER,
      headers: { "idempotency-key": key },
      json: { claimId: item?.id },
    });
  const given = await give("first");
  expect([given.status, given.body["totalFen"]]).toEqual([201, Number(paid)]);
  expect((await give("second")).body["code"]).toBe("receipt.already-issued");
  const path = `/api/v1/receipts/${String(given.body["receiptId"])}`;
  expect((await ask(edge, path, { token: FINANCE })).body["lines"]).toMatchObject([
    { paymentId: null, accountNo: plantedAccountNo(HOME), amountFen: 105_200, stillDueFen: 0 },
    { paymentId: null, billNo: null, amountFen: Number(paid) - 105_200 },
  ]);
  const paper = await ask(edge, `${path}/print`, { token: CASHIER });
  expect([paper.status, paper.text.includes("6,156.00")]).toEqual([200, true]);
  expect((await listed())[0]?.receiptNo).toBe(given.body["receiptNo"]);
  expect(await town.offenders()).toEqual([]);
});
