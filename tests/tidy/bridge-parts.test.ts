/** The bridge of a bank day is computed, printed and shown by three rooms that do not import each other: in the same parts and order. */
import { expect, test } from "vitest";
import { DIFFERENCE_PARTS } from "#src/bank/reconciliation/bridge.ts";
import { bridgeParts } from "#src/office/documents/certificate-schema.ts";
import { BRIDGE_PARTS } from "../../web/src/screens/finance/bridge-parts.ts";

test("the certificate's paper and the page of the bank day have the bridge's parts", () => {
  expect(bridgeParts).toEqual(DIFFERENCE_PARTS);
  expect(BRIDGE_PARTS).toEqual(DIFFERENCE_PARTS);
});
