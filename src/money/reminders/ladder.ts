/** The ladder of payment notices (通知阶梯) on the dates of a season. Pure. */
import { addDays, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Season } from "#src/office/calendars/index.ts";

export const ANCHORS = ["bills-open", "window-end", "season-start", "season-end"] as const;
export type Anchor = (typeof ANCHORS)[number];

/**
 * Whom a stage concerns. `season-bills`: an unpaid bill of the season. `closable`: of those, whose own valve can be closed
 * (independent loop) and is not. `debts`: a bill that is due, of any season.
 */
export const AUDIENCES = ["season-bills", "closable", "debts"] as const;
export type StageAudience = (typeof AUDIENCES)[number];

export type Stage = {
  /** A later stage has a higher rank; a code keeps its rank in every version. */
  readonly rank: number;
  readonly code: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly anchor: Anchor;
  readonly offsetDays: number;
  readonly audience: StageAudience;
  /** Waits until all collecting channels have certified the day before. */
  readonly afterCertificates: boolean;
  readonly template: string;
};

export type Ladder = {
  readonly id: bigint;
  readonly fromSeason: number;
  readonly document: string;
  readonly setAt: Date;
  /** By rank. */
  readonly stages: readonly Stage[];
};

const anchorDay = (anchor: Anchor, season: Season): Day =>
  ({
    "bills-open": season.billsOpenOn,
    "window-end": season.paymentWindowEndsOn,
    "season-start": season.startsOn,
    "season-end": season.endsOn,
  })[anchor];

/** The first day of a stage in a season. */
export const stageStartsOn = (stage: Pick<Stage, "anchor" | "offsetDays">, season: Season): Day =>
  addDays(anchorDay(stage.anchor, season), stage.offsetDays);

/**
 * The one stage of a day: the latest that has begun. A stage whose days have passed is not made up for: nobody is told of the
 * last days after them.
 */
export const stageOn = (stages: readonly Stage[], season: Season, on: Day): Stage | null =>
  stages.findLast((stage) => stageStartsOn(stage, season) <= on) ?? null;

/** The next stage that begins after a day, with its day; null when there is none. */
export const nextStageAfter = (
  stages: readonly Stage[],
  season: Season,
  on: Day,
): { readonly stage: Stage; readonly startsOn: Day } | null => {
  const stage = stages.find((one) => stageStartsOn(one, season) > on);
  return stage === undefined ? null : { stage, startsOn: stageStartsOn(stage, season) };
};

/**
 * Refuses stages that do not climb: a later one begins later, none before the bills are out.
 * @throws DomainError `reminders.out-of-order`
 */
export const checkStages = (stages: readonly Stage[], season: Season): void => {
  let before: Stage | undefined;
  for (const stage of stages) {
    const starts = stageStartsOn(stage, season);
    const earliest = before === undefined ? season.billsOpenOn : addDays(stageStartsOn(before, season), 1);
    if ((before !== undefined && stage.rank <= before.rank) || starts < earliest) {
      fail("reminders.out-of-order", `stage ${stage.code} would begin on ${starts} in season ${season.id}`, {
        field: "stages",
        remedy: "give the stages in the order of their ranks, each beginning after the one before",
        facts: { stage: stage.code, startsOn: starts, notBefore: earliest },
      });
    }
    before = stage;
  }
};
