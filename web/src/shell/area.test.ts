import { expect, test } from "vitest";
import { lackedFor } from "./area.ts";

const RETURN_VISITS = { permissions: ["hotline.work"], reads: ["ticket.read"] };
const SHIFTS = {
  permissions: ["ledger.read", "shift.close-for-cashier"],
  reads: ["shift.read", "staff.read"],
};
const COUNTER = { permissions: ["shift.work"] };

test.for([
  ["a page of the own menu opens", RETURN_VISITS, ["hotline.work"], undefined],
  ["one of several rights is enough for the menu", SHIFTS, ["shift.close-for-cashier"], undefined],
  ["who may read what the page reads opens it by a link", RETURN_VISITS, ["ticket.read"], undefined],
  ["all that it reads, not some of it", SHIFTS, ["shift.read"], "staff.read"],
  ["who may not read it is told what that needs", RETURN_VISITS, ["bank.read"], "ticket.read"],
  ["a page of work opens to those who do it", COUNTER, ["shift.read"], "shift.work"],
] as const)("%s", ([, item, rights, lacked]) => {
  const has: readonly string[] = rights;
  expect(lackedFor(item, (permission) => has.includes(permission))).toBe(lacked);
});
