/** Class, loop type and billing area of a charge point: dated decisions, never rewritten. */
import { type AreaMilliM2, formatAreaM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { type AreaDecision, type AreaRounding, decideBillingArea, type HeatClass } from "./billing-area.ts";
import { chooseChargePoint } from "./change-state.ts";
import { closeTerms, findChargePoints, findLatestTerms, insertTerms, type LoopType } from "./queries.ts";

export type TermsInput = {
  readonly heatClass: HeatClass;
  readonly loopType: LoopType;
  readonly innerArea?: AreaMilliM2 | null | undefined;
  readonly grossArea?: AreaMilliM2 | null | undefined;
  readonly rounding: AreaRounding;
  /** Share of the season charge in basis points: 5000 for a garage at half price. */
  readonly shareBasisPoints?: number | undefined;
  /** The certificate or contract that the decision rests on. */
  readonly document: string;
};

export type TermsChange = TermsInput & {
  readonly account: Account;
  readonly chargePointOrdinal?: number | undefined;
  /** First day of the new terms. */
  readonly effectiveOn: Day;
  readonly expectedVersion?: number | undefined;
};

/** Writes the terms of a charge point from a day on, open ended. Called when nothing is in force from that day. */
export const writeTerms = async (
  context: CommandContext,
  chargePointId: bigint,
  from: Day,
  input: TermsInput,
): Promise<AreaDecision> => {
  const decision = decideBillingArea(input);
  await insertTerms(context.sql, {
    chargePointId,
    from,
    heatClass: input.heatClass,
    loopType: input.loopType,
    billingAreaMilliM2: decision.areaMilliM2,
    innerAreaMilliM2: input.innerArea ?? null,
    grossAreaMilliM2: input.grossArea ?? null,
    areaRule: decision.rule,
    areaRounding: input.rounding,
    shareBasisPoints: input.shareBasisPoints ?? 10_000,
    document: input.document,
    decidedAt: context.now,
    decidedBy: staffIdOf(context.actor),
  });
  return decision;
};

export type TermsChanged = AreaDecision & { readonly chargePointId: bigint; readonly version: number };

/**
 * Gives a charge point new terms from a day: the range in force ends there and the new one begins; bills already made
 * keep what they were made on (domain rules 4 and 5). Refuses a day on or before the last change, because that would
 * rewrite history, and a charge point without an area. Locks the account row.
 * @throws DomainError `version.stale`, `charge-point.not-found`, `terms.before-last-change`, `area.missing`
 */
export const changeTerms = async (context: CommandContext, change: TermsChange): Promise<TermsChanged> => {
  const { sql } = context;
  const version = await beginAccountChange(sql, change.account, change.expectedVersion);
  const points = await findChargePoints(sql, change.account.id);
  const point = chooseChargePoint(points, change.chargePointOrdinal);
  const before = await findLatestTerms(sql, point.id);
  if (before !== null && change.effectiveOn <= before.from) {
    fail("terms.before-last-change", `the terms in force began on ${before.from}`, {
      field: "effectiveOn",
      remedy: "use a later day; a wrong decision in the past is corrected by an adjustment of its bills",
      facts: { since: before.from },
    });
  }
  decideBillingArea(change);
  if (before !== null) await closeTerms(sql, before.id, change.effectiveOn);
  const decision = await writeTerms(context, point.id, change.effectiveOn, change);
  const subject = `account:${change.account.id}`;
  context.audit({
    subject,
    details: {
      chargePointId: point.id,
      effectiveOn: change.effectiveOn,
      from:
        before === null
          ? null
          : {
              heatClass: before.heatClass,
              loopType: before.loopType,
              billingAreaMilliM2: before.billingAreaMilliM2,
            },
      to: {
        heatClass: change.heatClass,
        loopType: change.loopType,
        billingAreaM2: formatAreaM2(decision.areaMilliM2),
        rule: decision.rule,
      },
      document: change.document,
    },
  });
  context.emit({
    type: "terms.changed",
    subject,
    payload: {
      accountId: change.account.id,
      chargePointId: point.id,
      effectiveOn: change.effectiveOn,
    },
  });
  return { ...decision, chargePointId: point.id, version };
};
