import fc from "fast-check";
import { expect, test } from "vitest";
import { closingOf } from "./shift-closing.ts";

const amount = fc.bigInt({ min: 0n, max: 100_000_000n });

/** The numbers of a property are checked by hand: 100,000 times six expectations would take ten seconds. */
test("after closing, the drawer holds its float or what is left of it, and nothing of the shift is in transit", () => {
  const check = fc.check(
    fc.property(
      fc.record({
        openingCashFen: amount,
        cashTakenFen: amount,
        posTakenFen: amount,
        countedCashFen: amount,
        posTotalFen: amount,
      }),
      (figures) => {
        const closing = closingOf(figures);
        const transfers = [...closing.differences, ...closing.deposits];
        const moved = (code: string): bigint =>
          transfers.reduce(
            (sum, { debit, credit, amountFen }) =>
              sum + (debit === code ? amountFen : 0n) - (credit === code ? amountFen : 0n),
            0n,
          );
        const left = figures.openingCashFen + figures.cashTakenFen + moved("cash");
        const { countedCashFen, openingCashFen } = figures;
        return (
          transfers.every(({ amountFen }) => amountFen > 0n) &&
          left === (countedCashFen < openingCashFen ? countedCashFen : openingCashFen) &&
          figures.posTakenFen + moved("pos_clearing") === 0n &&
          moved("bank") === closing.depositFen + figures.posTotalFen &&
          moved("cash_difference") === -(closing.cashSurplusFen + closing.posSurplusFen)
        );
      },
    ),
    { numRuns: 100_000 },
  );
  expect(check).toMatchObject({ failed: false, numRuns: 100_000 });
});
