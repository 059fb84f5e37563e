import { expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { isRefusedForGood } from "./held-money.ts";

test("only a refusal that stays is held: what is busy, settled already or broken is tried again or thrown on", () => {
  expect(isRefusedForGood(new DomainError("payment.account-closed", "closed"))).toBe(true);
  expect(isRefusedForGood(new DomainError("shift.closed", "closed"))).toBe(true);
  expect(isRefusedForGood(new DomainError("database.busy", "busy"))).toBe(false);
  expect(isRefusedForGood(new DomainError("database.not-committed", "rolled back"))).toBe(false);
  expect(isRefusedForGood(new DomainError("terminal.settled", "settled"))).toBe(false);
  expect(isRefusedForGood(new Error("connection lost"))).toBe(false);
});
