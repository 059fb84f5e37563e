/**
 * The re-read at claim time: consent, stop lists, numbers, the day's cap and quiet hours from our tables, debt and holds and
 * stopped notices by the checks of other rooms. Whatever changed between queue and call wins.
 */
import { addDays, dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { isOpen, loadContactHours, nextOpening } from "#src/office/calendars/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { MESSAGE_PURPOSE_NAMES, MESSAGE_PURPOSES } from "../purposes.ts";
import { DAILY_CAP } from "./daily-cap.ts";
import type { ClaimCheck, ClaimVerdict } from "./face.ts";
import { type ClaimFact, readClaimFacts } from "./facts-queries.ts";
import { type Hours, judgeClaim, type Verdict } from "./verdict.ts";

const CAPPED = MESSAGE_PURPOSE_NAMES.filter((purpose) => MESSAGE_PURPOSES[purpose].capped);

/** Read once a job: a job lasts seconds. */
export const readHours = async ({
  database: { sql },
  clock,
}: Pick<Platform, "database" | "clock">): Promise<Hours> => {
  const now = clock.now();
  const calendar = await loadContactHours(sql);
  const tomorrow = instantOfDay(addDays(dayOfInstant(now), 1));
  return {
    now,
    quietUntil: isOpen(calendar, now) ? null : nextOpening(calendar, now),
    tomorrow: nextOpening(calendar, tomorrow),
    dailyCap: await readSetting(sql, DAILY_CAP),
  };
};

const askChecks = async (
  sql: Sql,
  checks: readonly ClaimCheck[],
  facts: readonly ClaimFact[],
  now: Date,
): Promise<ReadonlyMap<bigint, readonly ClaimVerdict[]>> => {
  const byMessage = new Map<bigint, ClaimVerdict[]>();
  const asked = checks.map(async (check) => {
    const concerned = facts.filter((fact) => fact.purpose.startsWith(check.purposePrefix));
    if (concerned.length === 0) return [];
    const homes = concerned.map((fact) => ({
      messageId: fact.id,
      purpose: fact.purpose,
      step: fact.step,
      regarding: fact.regarding,
      accountId: fact.accountId,
      personId: fact.personId,
    }));
    return check.check(sql, homes, now);
  });
  // Side by side, and heard in the order of the checks: the first reason counts.
  for (const verdicts of await Promise.all(asked)) {
    for (const verdict of verdicts) {
      const known = byMessage.get(verdict.messageId);
      if (known === undefined) byMessage.set(verdict.messageId, [verdict]);
      else known.push(verdict);
    }
  }
  return byMessage;
};

export type Judged = { readonly fact: ClaimFact; readonly verdict: Verdict };

const byMessage = (facts: readonly ClaimFact[]): [ClaimFact, ...ClaimFact[]][] => {
  const groups = new Map<bigint, [ClaimFact, ...ClaimFact[]]>();
  for (const fact of facts) {
    const group = groups.get(fact.id);
    if (group === undefined) groups.set(fact.id, [fact]);
    else group.push(fact);
  }
  return [...groups.values()];
};

/** Every message of this claim that is still ours, with what becomes of it. */
export const readAgain = async (
  { database, clock }: Pick<Platform, "database" | "clock">,
  checks: readonly ClaimCheck[],
  hours: Hours,
  claim: { readonly ids: readonly bigint[]; readonly fence: number },
): Promise<Judged[]> => {
  const { sql } = database;
  const now = clock.now();
  const today = dayOfInstant(now);
  const facts = await readClaimFacts(sql, {
    ...claim,
    today,
    midnight: instantOfDay(today),
    capped: CAPPED,
  });
  if (facts.length === 0) return [];
  const verdicts = await askChecks(sql, checks, facts, now);
  const inWave = new Map<string, number>();
  const keysOf = (fact: ClaimFact): string[] => [
    ...(fact.address === null ? [] : [fact.address]),
    ...(fact.personId === null ? [] : [`person:${fact.personId}`]),
  ];
  return byMessage(facts).map((homes) => {
    const fact = must(homes[0], "a home");
    const keys = keysOf(fact);
    const told = Math.max(0, ...keys.map((key) => inWave.get(key) ?? 0));
    const verdict = judgeClaim(homes, verdicts.get(fact.id) ?? [], { ...hours, now }, told);
    if (verdict.kind === "go") for (const key of keys) inWave.set(key, (inWave.get(key) ?? 0) + 1);
    return { fact, verdict };
  });
};
