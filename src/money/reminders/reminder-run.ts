/** A pass of the ladder for the rooms that write to its households. */
import { type Day, dayOfInstant } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { requireSeason, type Season } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findRun } from "./advance-queries.ts";
import { type Stage, stageStartsOn } from "./ladder.ts";
import { findLadderById } from "./ladder-queries.ts";
import { findPayable, type Payable } from "./standing-queries.ts";
import { holdReason, type ReminderNow } from "./standing.ts";

export type ReminderRun = {
  readonly id: bigint;
  readonly businessDate: Day;
  readonly season: Season;
  readonly stage: Stage;
  readonly entered: bigint;
  /** The first day of the next stage: what this one says is of no use from then on. Null: none follows. */
  readonly endsOn: Day | null;
};

/** Null when there is no such pass. Reads only. */
export const reminderRun = async (sql: Sql, runId: bigint): Promise<ReminderRun | null> => {
  const run = await findRun(sql, runId);
  if (run === null) return null;
  const season = await requireSeason(sql, run.seasonId);
  const { stages } = await findLadderById(sql, run.ladderId);
  const stage = must(
    stages.find((one) => one.rank === run.rank),
    `the stage of pass ${run.id}`,
  );
  const next = stages.find((one) => one.rank > run.rank);
  return {
    id: run.id,
    businessDate: run.businessDate,
    season,
    stage,
    entered: run.enteredCount,
    endsOn: next === undefined ? null : stageStartsOn(next, season),
  };
};

const judge = ({ accountId, accountNo, isClosed, openFen, holds }: Payable): ReminderNow => {
  const no = (reason: string): ReminderNow => ({ accountId, goes: false, reason });
  if (isClosed) return no("account-closed");
  if (openFen === 0n) return no("paid-meanwhile");
  const held = holdReason(holds);
  return held === null ? { accountId, goes: true, accountNo, amountFen: openFen } : no(held);
};

/** The same as `remindersNow` for payment notices that no stage sent: what is open on any bill, unless a hold says no. */
export const paymentsNow = async (
  sql: Sql,
  query: { readonly accountIds: readonly bigint[]; readonly now: Date },
): Promise<ReminderNow[]> =>
  (await findPayable(sql, { accountIds: query.accountIds, day: dayOfInstant(query.now) })).map(judge);
