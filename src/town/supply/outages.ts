/**
 * When an asset was without heat, told from everything that was ever reported of it. Pure: the same reports give the same
 * outages in whatever order they arrived, so a late or repeated message is harmless.
 */

export type ReportOfAsset = {
  readonly id: bigint;
  readonly eventId: string;
  readonly kind: "alarm" | "analysis" | "outage" | "restored";
  readonly stopsHeat: boolean;
  readonly planned: boolean;
  readonly occurredAt: Date;
  readonly expectedBackAt: Date | null;
  readonly note: string;
};

export type ToldOutage = {
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly expectedBackAt: Date | null;
  readonly planned: boolean;
  readonly cause: string;
  /** Everything that was said about it, in the order of happening; the first one began it. */
  readonly reportIds: readonly bigint[];
};

type Growing = {
  fromAt: Date;
  toAt: Date | null;
  expectedBackAt: Date | null;
  planned: boolean;
  cause: string;
  reportIds: bigint[];
};

const inOrder = (one: ReportOfAsset, other: ReportOfAsset): number =>
  one.occurredAt.getTime() - other.occurredAt.getTime() || (one.eventId < other.eventId ? -1 : 1);

const begin = (report: ReportOfAsset): Growing => ({
  fromAt: report.occurredAt,
  toAt: null,
  expectedBackAt: report.expectedBackAt,
  planned: report.planned,
  cause: report.note,
  reportIds: [report.id],
});

/** The last word about the hour and the cause holds; who says nothing about them changes nothing. */
const extend = (outage: Growing, report: ReportOfAsset): void => {
  outage.reportIds.push(report.id);
  if (report.expectedBackAt !== null) outage.expectedBackAt = report.expectedBackAt;
  if (report.note !== "" && report.kind !== "restored") outage.cause = report.note;
};

const isBeginning = (report: ReportOfAsset): boolean => report.kind === "outage" || report.stopsHeat;

/**
 * The outages of one asset, in order. A stop while it is stopped is the same stop told again; a warning or an analysis
 * without a stop belongs to none; a return without a stop means nothing.
 */
export const tellOutages = (reports: readonly ReportOfAsset[]): ToldOutage[] => {
  const outages: Growing[] = [];
  for (const report of reports.toSorted(inOrder)) {
    const last = outages.at(-1);
    if (last !== undefined && last.toAt === null) {
      extend(last, report);
      if (report.kind === "restored") last.toAt = report.occurredAt;
    } else if (isBeginning(report)) outages.push(begin(report));
  }
  return outages;
};

/** Within this time the same kind of message about the same asset, under another event id, is the same thing told again. */
export const SAME_WINDOW_MS = 30 * 60_000;
