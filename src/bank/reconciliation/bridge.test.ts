import fc from "fast-check";
import { expect, test } from "vitest";
import { bridgeCloses, buildBridge, DIFFERENCE_PARTS } from "./bridge.ts";

const side = (items: number, yuan: number) => ({ items: BigInt(items), fen: BigInt(yuan) * 100n });

test("the tenth of November: 3,214 of ours lead to 3,212 of the bank", () => {
  const bridge = buildBridge(
    new Map([
      ["ours", side(3214, 6_595_128)],
      ["waiting", side(-5, -5 * 2052)],
      ["oursOnly", side(-1, -2052)],
      ["dayCutIn", side(2, 2 * 2052)],
      ["bankOnly", side(1, 2052)],
      ["unknownAccount", side(1, 2052)],
    ]),
    side(3212, 6_591_024),
  );
  expect(bridge.gap).toEqual({ items: 0n, fen: 0n });
  expect(bridgeCloses(bridge)).toBe(true);
});

test("a fen too much on one side is a gap, also when the counts agree", () => {
  const bridge = buildBridge(new Map([["ours", side(1, 100)]]), { items: 1n, fen: 10_001n });
  expect(bridge.gap).toEqual({ items: 0n, fen: 1n });
  expect(bridgeCloses(bridge)).toBe(false);
});

test("without a file nothing closes", () => {
  expect(bridgeCloses(buildBridge(new Map(), null))).toBe(false);
});

test("the gap is what the parts leave, for any parts", () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), {
        minLength: DIFFERENCE_PARTS.length,
        maxLength: DIFFERENCE_PARTS.length,
      }),
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.bigInt({ min: -5n, max: 5n }),
      (amounts, ours, off) => {
        const parts = new Map(
          DIFFERENCE_PARTS.map((part, index) => [part as string, { items: 0n, fen: amounts[index] ?? 0n }]),
        );
        parts.set("ours", { items: 0n, fen: ours });
        const total = amounts.reduce((sum, amount) => sum + amount, ours);
        const bridge = buildBridge(parts, { items: 0n, fen: total + off });
        expect(bridge.gap?.fen).toBe(off);
      },
    ),
  );
});
