/** Whose money it may be: the households that come near a line's number and amount, each with its score and why. */
import { z } from "zod";
import { addDays } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { today } from "#src/platform/clock.ts";
import { defineRoute, fenJson, fenOut, type Platform, type Route, rowIdIn } from "#src/platform/route.ts";
import { CANDIDATE_REASONS, nearNumbers, PROPOSED_FROM, scoreOf } from "./candidate-score.ts";
import { findCandidates, type Sought, soughtOfBreak, soughtOfItem } from "./work-queries.ts";

const SHOWN = 8;
/** Many homes owe the same amount; beyond these the amount alone says nothing. */
const BY_AMOUNT = 50;
/** What is left of a bill is known of this season and the one before. */
const PARTS_OF_DAYS = 550;

const candidatesOut = z.object({
  items: z.array(
    z.object({
      accountNo: z.string(),
      address: z.string(),
      openFen: fenOut,
      score: z.int(),
      reasons: z.array(z.enum(CANDIDATE_REASONS)),
    }),
  ),
  /** Alone at the top and near enough: what one key accepts. Null when a person has to look. */
  proposed: z.string().nullable(),
});

const candidatesFor = async (
  platform: Platform,
  sought: Sought,
): Promise<{ body: z.input<typeof candidatesOut> }> => {
  const rows = await findCandidates(platform.database.sql, {
    numbers: nearNumbers(sought.accountText),
    amountFen: sought.amountFen,
    channelId: sought.channelId,
    byAmount: BY_AMOUNT,
    partsSince: addDays(today(platform.clock), -PARTS_OF_DAYS),
  });
  const scored = rows
    .map((row) => ({
      accountNo: row.accountNo,
      address: row.address,
      openFen: fenJson(row.openFen),
      ...scoreOf(sought.accountText, sought.amountFen, row),
    }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score || (one.accountNo < other.accountNo ? -1 : 1));
  const [first, second] = scored;
  const isAlone = first !== undefined && first.score >= PROPOSED_FROM && first.score > (second?.score ?? 0);
  return {
    body: {
      items: scored.slice(0, SHOWN).map((one) => ({ ...one, reasons: [...one.reasons] })),
      proposed: isAlone ? first.accountNo : null,
    },
  };
};

const common = {
  method: "get",
  permission: "bank.read",
  tag: "Bank 银行对账",
  params: z.strictObject({ id: rowIdIn }),
  response: candidatesOut,
} as const;

export const candidateRoutes: readonly Route[] = [
  defineRoute({
    ...common,
    path: "/bank-breaks/{id}/candidates",
    summary:
      "Households whose number and debt come near a difference, the nearest first, with score and reasons",
    handle: async ({ platform, params: { id } }) =>
      candidatesFor(
        platform,
        (await soughtOfBreak(platform.database.sql, id)) ??
          fail("break.not-found", "there is no such difference"),
      ),
  }),
  defineRoute({
    ...common,
    path: "/suspense/{id}/candidates",
    summary:
      "Households whose number and debt come near money of nobody, the nearest first, with score and reasons",
    handle: async ({ platform, params: { id } }) =>
      candidatesFor(
        platform,
        (await soughtOfItem(platform.database.sql, id)) ??
          fail("suspense.not-found", "there is no such suspense item"),
      ),
  }),
];
