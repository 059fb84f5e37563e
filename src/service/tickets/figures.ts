/**
 * Figures over cases, each with its numerator and denominator, each leading to the list behind it. "Cannot do, explained" is
 * closed and never solved. Rounded down: 1,786 of 1,787 is 99.94, never 100.
 */

/** A condition may use the case as `t`, and `:from` and `:to` (half open). */
export type FigureDefinition = {
  readonly meaning: { readonly "zh-CN": string; readonly en: string };
  /** What is joined to the case; a case counts once for each joined row. */
  readonly joins: string;
  readonly counted: string;
  readonly met: string;
};

export const FIGURE_NAMES = [
  "closing",
  "solving",
  "timely",
  "satisfaction",
  "return-visit",
  "repeat",
  "first-visit",
] as const;
export type FigureName = (typeof FIGURE_NAMES)[number];

const opened = `t.opened_at >= :from::timestamptz and t.opened_at < :to::timestamptz and t.state not in ('cancelled', 'merged')`;
const closed = `t.state = 'closed' and t.closed_at >= :from::timestamptz and t.closed_at < :to::timestamptz`;
// Each round of a case that was reopened has its own.
const clock = `join ticket_clocks solution on solution.ticket_id = t.id and solution.kind = 'solution'
  and solution.state <> 'cancelled'`;
const visit = `join return_visits visit on visit.ticket_id = t.id`;

export const FIGURES: Readonly<Record<FigureName, FigureDefinition>> = {
  closing: {
    meaning: {
      "zh-CN": "办结率：期内受理中已办结的（重开的不算，含已解释）",
      en: "of the cases opened in the period, those that are closed; reopened ones are not",
    },
    joins: "",
    counted: opened,
    met: "t.state = 'closed'",
  },
  solving: {
    meaning: {
      "zh-CN": "解决率：期内受理中已解决的（无法解决已解释的不算）",
      en: "of the cases opened in the period, those closed as solved; explained ones are not",
    },
    joins: "",
    counted: opened,
    met: "t.state = 'closed' and t.closing_class = 'solved'",
  },
  timely: {
    meaning: {
      "zh-CN": "及时率：期内到期中按时办完的（超期未办的在分母）",
      en: "of the cases due in the period, those done in time; open and overdue ones count below the line",
    },
    joins: clock,
    counted: `t.state not in ('cancelled', 'merged') and solution.due_at >= :from::timestamptz and solution.due_at < :to::timestamptz`,
    met: "solution.state = 'stopped' and solution.met",
  },
  satisfaction: {
    meaning: {
      "zh-CN": "满意率：期内评价中 4、5 分的（分母只是评了分的）",
      en: "of the ratings given in the period, those of 4 or 5; only who rated counts below the line",
    },
    joins: visit,
    counted:
      "visit.satisfaction is not null and visit.asked_at >= :from::timestamptz and visit.asked_at < :to::timestamptz",
    met: "visit.satisfaction >= 4",
  },
  "return-visit": {
    meaning: {
      "zh-CN": "回访率：期内应回访中已有答复的",
      en: "of the return visits due in the period, those that were answered",
    },
    joins: visit,
    counted:
      "visit.state <> 'dropped' and visit.due_at >= :from::timestamptz and visit.due_at < :to::timestamptz",
    met: "visit.state = 'answered'",
  },
  repeat: {
    meaning: {
      "zh-CN": "重复诉求率：期内办结中 7 日内（参数）又来的",
      en: "of the closings in the period, those whose trouble came again within the days of the policy",
    },
    joins: "",
    counted: closed,
    met: "t.repeated_at is not null",
  },
  "first-visit": {
    meaning: {
      "zh-CN": "一次上门完成率：期内有上门的解决中只上门一次的",
      en: "of the cases solved in the period with a visit, those that took one visit and were never reopened",
    },
    joins: "",
    counted: `${closed} and t.first_visit_completed is not null`,
    met: "t.first_visit_completed",
  },
};

/** A share in percent with two decimals, rounded down; null when nothing counts. */
export const percentDown = (met: bigint, counted: bigint): string | null => {
  if (counted === 0n) return null;
  const basisPoints = (met * 10_000n) / counted;
  return `${basisPoints / 100n}.${String(basisPoints % 100n).padStart(2, "0")}`;
};
