/** Where an account stands on the ladder, and why; and whether a reminder of a stage may still go. */
import { dayOfInstant, type Day } from "#src/kernel/day.ts";
import { type Fen, formatYuanGrouped, ZERO_FEN } from "#src/kernel/money.ts";
import { billingSeasonOf, findSeasons, type Season, seasonName } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findHolds, type HoldKind, type HoldRow } from "#src/town/accounts/index.ts";
import { findRun } from "./advance-queries.ts";
import { type Ladder, nextStageAfter, type Stage, stageOn, stageStartsOn } from "./ladder.ts";
import { findLadder } from "./ladder-queries.ts";
import {
  type Entry,
  findEntries,
  findOpenAmounts,
  findReminded,
  isConcerned,
  type OpenAmounts,
  type Reminded,
} from "./standing-queries.ts";

/** Why the account is or is not at the stage of the day. */
export type StandingReason =
  /** It has come to the stage of the day. */
  | "reached"
  /** A hold pauses it. */
  | "paused"
  /** Nothing is unpaid of what the stage is about. */
  | "nothing-to-pay"
  /** The next pass will bring it there. */
  | "next-pass"
  /** No stage has begun in this season. */
  | "no-stage";

export type Standing = {
  readonly season: number | null;
  /** The highest stage that it came to in the season. */
  readonly stage: Entry | null;
  readonly reason: StandingReason;
  readonly why: { readonly "zh-CN": string; readonly en: string };
  readonly amounts: OpenAmounts;
  readonly holds: readonly HoldRow[];
  readonly next: { readonly stage: Stage; readonly startsOn: Day } | null;
  /** Every stage of every season, the latest first. */
  readonly history: readonly Entry[];
};

const HOLD_WORDS: Readonly<Record<HoldKind, { "zh-CN": string; en: string }>> = {
  dispute: { "zh-CN": "争议处理中", en: "a dispute" },
  care: { "zh-CN": "关怀对象", en: "care" },
  "payment-plan": { "zh-CN": "分期缴费", en: "a payment plan" },
  mourning: { "zh-CN": "治丧期间", en: "mourning" },
};

const both = (zh: string, en: string) => ({ "zh-CN": zh, en });

const reachedWhy = (entry: Entry) => {
  const amount = formatYuanGrouped(entry.openFen);
  return both(
    `${entry.enteredOn} 进入“${entry.nameZh}”阶段，当日待缴 ${amount} 元，${entry.billCount} 张账单。`,
    `Came to "${entry.nameEn}" on ${entry.enteredOn} with ${amount} yuan unpaid on ${entry.billCount} bills.`,
  );
};

const whyOf = (
  reason: StandingReason,
  facts: { season: Season; current: Stage | null; entry: Entry | null; holds: readonly HoldRow[] },
): Standing["why"] => {
  const { season, current, entry, holds } = facts;
  const since = current === null ? "" : stageStartsOn(current, season);
  switch (reason) {
    case "reached":
      return entry === null ? both("", "") : reachedWhy(entry);
    case "paused":
      return both(
        `暂缓通知：${holds.map((hold) => HOLD_WORDS[hold.kind]["zh-CN"]).join("、")}。`,
        `No reminders because of ${holds.map((hold) => HOLD_WORDS[hold.kind].en).join(", ")}.`,
      );
    case "nothing-to-pay":
      return both(
        `本阶段（${current?.nameZh ?? ""}）没有待缴金额。`,
        `Nothing is unpaid of what "${current?.nameEn ?? ""}" is about.`,
      );
    case "next-pass":
      return both(
        `“${current?.nameZh ?? ""}”阶段自 ${since} 开始，下次执行时进入。`,
        `"${current?.nameEn ?? ""}" began on ${since}; the next pass brings the account there.`,
      );
    case "no-stage":
      return both(
        `${seasonName(season.id)} 采暖季尚无通知阶段开始。`,
        `No stage of the season ${seasonName(season.id)} has begun.`,
      );
  }
};

const reasonOf = async (
  sql: Sql,
  query: { accountId: bigint; day: Day; season: Season },
  facts: { current: Stage | null; entry: Entry | null; holds: readonly HoldRow[] },
): Promise<StandingReason> => {
  const { current, entry, holds } = facts;
  if (current === null) return "no-stage";
  const where = { accountId: query.accountId, season: query.season.id, day: query.day };
  if (!(await isConcerned(sql, current.audience, where))) return "nothing-to-pay";
  if (holds.length > 0) return "paused";
  return entry !== null && entry.rank >= current.rank ? "reached" : "next-pass";
};

/** Where an account stands on a day, with every stage that it came to. Reads only; scope is the caller's. */
export const stageOf = async (sql: Sql, query: { accountId: bigint; day: Day }): Promise<Standing> => {
  const season = billingSeasonOf(await findSeasons(sql), query.day);
  const history = await findEntries(sql, query.accountId);
  const holds = await findHolds(sql, query.accountId, query.day);
  if (season === null) {
    const amounts = { openFen: ZERO_FEN, seasonFen: ZERO_FEN, dueFen: ZERO_FEN };
    const why = both("尚未开始采暖季收费。", "No season's bills are out yet.");
    return { season: null, stage: null, reason: "no-stage", why, amounts, holds, next: null, history };
  }
  const amounts = await findOpenAmounts(sql, { accountId: query.accountId, season: season.id });
  const ladder: Ladder = await findLadder(sql, season.id);
  const current = stageOn(ladder.stages, season, query.day);
  const entry = history.find((one) => one.season === season.id) ?? null;
  const reason = await reasonOf(sql, { ...query, season }, { current, entry, holds });
  return {
    season: season.id,
    stage: entry,
    reason,
    why: whyOf(reason, { season, current, entry, holds }),
    amounts,
    holds,
    next: nextStageAfter(ladder.stages, season, query.day),
    history,
  };
};

/** What a reminder of one account says now, or why it does not go. */
export type ReminderNow =
  | { readonly accountId: bigint; readonly goes: true; readonly accountNo: string; readonly amountFen: Fen }
  | { readonly accountId: bigint; readonly goes: false; readonly reason: string };

/** `hold-dispute`; null without one. */
export const holdReason = (holds: readonly HoldKind[]): string | null =>
  holds[0] === undefined ? null : `hold-${holds[0]}`;

const judge = (row: Reminded): ReminderNow => {
  const { accountId, accountNo } = row;
  const no = (reason: string): ReminderNow => ({ accountId, goes: false, reason });
  if (row.isClosed) return no("account-closed");
  if (!row.concerned) return no(row.openFen === 0n ? "paid-meanwhile" : "stage-concerns-no-longer");
  const held = holdReason(row.holds);
  if (held !== null) return no(held);
  if (row.standingRank > row.rank) return no("later-stage-reached");
  return { accountId, goes: true, accountNo, amountFen: row.audience === "debts" ? row.dueFen : row.openFen };
};

/**
 * Reads again what accounts owe that a pass brought to its stage: asked when a message is queued and again when it is claimed, so
 * that a payment, a hold or a closed valve between the two wins. One statement for any number; an account that did not come by
 * this pass is refused.
 */
export const remindersNow = async (
  sql: Sql,
  query: { readonly runId: bigint; readonly accountIds: readonly bigint[]; readonly now: Date },
): Promise<ReminderNow[]> => {
  const run = await findRun(sql, query.runId);
  const rows =
    run === null
      ? []
      : await findReminded(sql, {
          runId: run.id,
          season: run.seasonId,
          accountIds: query.accountIds,
          day: dayOfInstant(query.now),
        });
  const byId = new Map(rows.map((row) => [row.accountId, judge(row)]));
  return query.accountIds.map(
    (accountId) => byId.get(accountId) ?? { accountId, goes: false, reason: "stage-not-reached" },
  );
};
