/**
 * Any season of passes, payments, reversals and holds: an account never comes to a stage twice and never goes back, whoever has
 * paid or is on hold is not reminded, and the amount is what is open, to the fen.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays, type Day } from "#src/kernel/day.ts";
import { runProofs } from "#src/money/ledger/index.ts";
import { advanceLadder, reminderProofs, remindersNow } from "#src/money/reminders/index.ts";
import { createOwingTown, on, type OwingTown } from "#tests/support/reminders.ts";

const HOMES = 4;

type Step =
  | { readonly do: "days"; readonly days: number }
  | { readonly do: "pass"; readonly back: number }
  | { readonly do: "pay"; readonly home: number; readonly part: number }
  | { readonly do: "take-back"; readonly home: number }
  | { readonly do: "hold" | "release"; readonly home: number };

const home = fc.integer({ min: 1, max: HOMES });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("days" as const), days: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("pass" as const), back: fc.constantFrom(0, 0, 0, 3, 40) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("pay" as const), home, part: fc.constantFrom(1, 1, 2, 3) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("take-back" as const), home }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("hold" as const, "release" as const), home }) },
);

type Model = {
  today: Day;
  open: number[];
  payments: { home: number; id: bigint; amount: number; day: Day }[];
  holds: Map<number, bigint>;
};

const openOf = (model: Model, one: number): number => model.open[one] ?? 0;

const play = async (town: OwingTown, model: Model, step: Step): Promise<void> => {
  switch (step.do) {
    case "days":
      model.today = addDays(model.today, step.days);
      town.at(model.today);
      return;
    case "pass": {
      const day = addDays(model.today, -step.back);
      await advanceLadder(town.platform, { actor: town.db.actor, day, chunkAccounts: 2 });
      return;
    }
    case "pay": {
      const amount = Math.floor(openOf(model, step.home) / step.part);
      if (amount === 0) return;
      const id = await town.pay(step.home, amount);
      model.payments.push({ home: step.home, id, amount, day: model.today });
      model.open[step.home] = openOf(model, step.home) - amount;
      return;
    }
    case "take-back": {
      const last = model.payments.findLast((one) => one.home === step.home && one.day === model.today);
      if (last === undefined) return;
      model.payments.splice(model.payments.indexOf(last), 1);
      await town.takeBack(last.id);
      model.open[step.home] = openOf(model, step.home) + last.amount;
      return;
    }
    case "hold":
      if (!model.holds.has(step.home))
        model.holds.set(step.home, await town.hold(step.home, "payment-plan", model.today));
      return;
    case "release": {
      const holdId = model.holds.get(step.home);
      if (holdId !== undefined) await town.release(step.home, holdId);
      model.holds.delete(step.home);
    }
  }
};

/** Asked of every pass that there was: what would be said now. */
const checkReminders = async (town: OwingTown, model: Model): Promise<void> => {
  const { sql } = town.db.database;
  const accountIds = Array.from({ length: HOMES }, (_, n) => BigInt(n + 1));
  for (const { id } of await town.db.owner.sql.rows<{ id: bigint }>("select id from dunning_runs")) {
    for (const one of await remindersNow(sql, { runId: id, accountIds, now: town.db.clock.now() })) {
      if (!one.goes) continue;
      expect(model.holds.has(Number(one.accountId))).toBe(false);
      expect(openOf(model, Number(one.accountId))).toBeGreaterThan(0);
      expect(one.amountFen).toBe(BigInt(openOf(model, Number(one.accountId))));
    }
  }
};

test("a stage comes once, upwards, and never to whoever has paid", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 24 }), async (sequence) => {
      const town = await createOwingTown(HOMES);
      try {
        const model: Model = {
          today: on("2026-09-01"),
          open: [0, ...Array.from({ length: HOMES }, () => 205_200)],
          payments: [],
          holds: new Map(),
        };
        for (const step of sequence) {
          const before = await town.db.owner.sql.rows<{ accountId: bigint; rank: number }>(
            `select account_id as "accountId", rank from dunning_standings`,
          );
          await play(town, model, step);
          for (const stood of before) {
            const { rank } = await town.db.owner.sql.one<{ rank: number }>(
              "select rank from dunning_standings where account_id = :accountId and season_id = 2026",
              stood,
            );
            expect(rank).toBeGreaterThanOrEqual(stood.rank);
          }
          await checkReminders(town, model);
        }
        const entered = await town.db.owner.sql.rows<{ accountId: bigint; ranks: number[]; open: bigint }>(
          `select account_id as "accountId", array_agg(rank order by entered_on, rank) as ranks, min(open_fen) as open
           from dunning_entries group by account_id`,
        );
        for (const { ranks, open } of entered) {
          expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b));
          expect(open).toBeGreaterThan(0n);
        }
        expect(await runProofs(town.db.database, reminderProofs)).toEqual([]);
      } finally {
        await town.db.drop();
      }
    }),
    { numRuns: 10 },
  );
}, 180_000);
