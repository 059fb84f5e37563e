import { expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { askAboutEach, isRefusedForGood } from "./held-money.ts";

test("one that cannot be asked about keeps no other from being asked, and is told at the end", async () => {
  const asked: number[] = [];
  const ask = async (one: number): Promise<void> => {
    asked.push(one);
    if (one % 2 === 0) throw new Error(`no answer about ${one}`);
  };
  await expect(askAboutEach([1, 2, 3, 4, 5], ask)).rejects.toMatchObject({
    message: "2 of 5 could not be asked about",
    errors: [new Error("no answer about 2"), new Error("no answer about 4")],
  });
  expect(asked).toEqual([1, 2, 3, 4, 5]);
  expect(await askAboutEach([1, 3], ask)).toBe(2);
});

test("only a refusal that stays is held: what is busy, settled already or broken is tried again or thrown on", () => {
  expect(isRefusedForGood(new DomainError("payment.account-closed", "closed"))).toBe(true);
  expect(isRefusedForGood(new DomainError("shift.closed", "closed"))).toBe(true);
  expect(isRefusedForGood(new DomainError("database.busy", "busy"))).toBe(false);
  expect(isRefusedForGood(new DomainError("database.not-committed", "rolled back"))).toBe(false);
  expect(isRefusedForGood(new DomainError("terminal.settled", "settled"))).toBe(false);
  expect(isRefusedForGood(new Error("connection lost"))).toBe(false);
});
