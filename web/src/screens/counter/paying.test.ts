import { expect, test } from "vitest";
import type { Line } from "./basket.ts";
import { type Basket, changeOf, DESK, EMPTY_BASKET, takeable } from "./paying.ts";

const line = (amount: string): Line => ({
  accountNo: "101000208",
  address: "",
  owner: "",
  owedFen: 137_302,
  prepaidFen: 0,
  bills: [],
  amount,
});
const basket = (amount: string, change: Partial<Basket> = {}): Basket => ({
  ...EMPTY_BASKET,
  lines: [line(amount)],
  ...change,
});

test.each([
  ["cash", "", 0],
  ["cash", "1373.02", 0],
  ["cash", "1,400", 2_698],
  ["cash", "100", null],
  ["cash", "1373.01", null],
  ["cash", "abc", null],
  ["card", "100", 0],
  ["terminalQr", "", 0],
] as const)("by %s with %j received, the change is %j", (way, received, change) => {
  expect(changeOf(way, received, 137_302)).toBe(change);
});

test("too little cash, no amount or no home: nothing can be taken", () => {
  expect(takeable(basket("1,373.02"), DESK)).toEqual({ totalFen: 137_302, changeFen: 0 });
  expect(takeable(basket("1,373.02"), { ...DESK, received: "1400" })).toEqual({
    totalFen: 137_302,
    changeFen: 2_698,
  });
  expect(takeable(basket("1,373.02"), { ...DESK, received: "100" })).toBeNull();
  expect(takeable(basket("1,373.02", { way: "card" }), { ...DESK, received: "100" })).not.toBeNull();
  expect(takeable(basket("0"), DESK)).toBeNull();
  expect(takeable(basket("x"), DESK)).toBeNull();
  expect(takeable(EMPTY_BASKET, DESK)).toBeNull();
});
