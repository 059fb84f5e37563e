/** Corrections of a household's money and bills: each asked for by one person, agreed to by another, carried out as it was agreed. */
import { call, forget } from "#web/api/client.ts";
import type { Approval } from "./approval-facts.tsx";
import type { Correction } from "./correction-kinds.ts";

/** What is corrected: a payment by its id, a bill by its id and number. */
export type Wish = {
  readonly kind: Correction;
  readonly id: string;
  readonly billNo: string;
  readonly reason: string;
  /** Of a move. */
  readonly toAccountNo: string;
};

/** Asks for the second person; nothing is booked by it. @throws ApiProblem */
export const askForCorrection = async (accountNo: string, wish: Wish, key: string): Promise<"asked"> => {
  const { kind, id, reason, billNo } = wish;
  const header = { "Idempotency-Key": key };
  const params = { path: { id }, header };
  if (kind === "payment-reversal") {
    await call.POST("/payments/{id}/reversal-requests", { params, body: { reason } });
  } else if (kind === "payment-move") {
    const body = { reason, accountNo: wish.toAccountNo };
    await call.POST("/payments/{id}/move-requests", { params, body });
  } else if (kind === "bill.cancel") {
    await call.POST("/bills/{id}/cancel", { params, body: { reason } });
  } else {
    await call.POST("/accounts/{accountNo}/prepaid/release-requests", {
      params: { path: { accountNo }, header },
      body: { reason, billNo },
    });
  }
  return "asked";
};

const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** Carries out exactly what was agreed to. @throws ApiProblem */
export const carryOut = async (
  accountNo: string,
  { id: approvalId, kind, request }: Approval,
  key: string,
): Promise<"done"> => {
  const header = { "Idempotency-Key": key };
  const [reason, billNo] = [text(request["reason"]), text(request["billNo"])];
  const payment = { path: { id: text(request["paymentId"]) }, header };
  if (kind === "payment-reversal") {
    await call.POST("/payments/{id}/reversal", { params: payment, body: { reason, approvalId } });
  } else if (kind === "payment-move") {
    const order = { reason, approvalId, accountNo: text(request["toAccountNo"]) };
    const body = billNo === "" ? order : { ...order, billNo };
    await call.POST("/payments/{id}/move", { params: payment, body });
  } else if (kind === "bill.cancel") {
    await call.POST("/bills/{id}/cancel", {
      params: { path: { id: text(request["billId"]) }, header },
      body: { reason, approvalId },
    });
  } else {
    await call.POST("/accounts/{accountNo}/prepaid/release", {
      params: { path: { accountNo }, header },
      body: { reason, approvalId, billNo },
    });
  }
  return "done";
};

/** Whatever shows the household's money or what waits is read anew. */
export const readCorrected = (): Promise<void> =>
  forget(
    "/approvals",
    "/accounts/{accountNo}/payments",
    "/accounts/{accountNo}/bills",
    "/accounts/{accountNo}/overview",
    "/accounts/{accountNo}/balance",
    "/receipts",
    "/receipts/{id}",
  );
