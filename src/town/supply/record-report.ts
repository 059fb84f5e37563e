/**
 * Taking in what the dispatch centre says. Stored first, under the sender's own id of the event; then its effect, in the same
 * transaction: a switch becomes a dated row, everything about stops and returns is told anew from all reports of that asset.
 * So a message that comes late, twice or before its forerunner leaves the same rows as one that comes in order.
 */
import { fail, must } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { canonicalJson } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { SAME_WINDOW_MS, tellOutages } from "./outages.ts";
import {
  type Asset,
  findBuildingsNamed,
  findEarlierTelling,
  findLoopId,
  findReportOfEvent,
  findReportsOfAsset,
  findSourceId,
  findStationId,
  insertOutage,
  insertReport,
  insertSwitches,
  lockSupply,
  markSameAs,
  NO_ASSET,
  setOutageOfReports,
  updateOutage,
  withdrawOutages,
} from "./report-queries.ts";
import type { AssetNamed, Happening } from "./schema.ts";

/** Clocks differ; what claims to have happened later than this has not. A planned stop may be told this far ahead. */
const AHEAD_MS = 5 * 60_000;
const PLANNED_AHEAD_MS = 120 * 86_400_000;

export type RecordedReport = {
  readonly reportId: bigint;
  /** `repeated`: this event was stored before; `same`: told before under another id; `kept`: names what we do not know. */
  readonly outcome: "recorded" | "repeated" | "same" | "kept";
};

type Turn = {
  readonly stationIds: readonly (bigint | null)[];
  readonly buildingIds: readonly (bigint | null)[];
  readonly heatSourceId: bigint | null;
  readonly loopId: bigint | null;
};
type Understood = { readonly asset: Asset; readonly turn: Turn | null; readonly problem: string | null };

const kept = (problem: string): Understood => ({ asset: NO_ASSET, turn: null, problem });

const buildingIdsOf = async (
  sql: Sql,
  names: readonly { readonly community: string; readonly building: string }[],
): Promise<bigint[] | string> => {
  const found = await findBuildingsNamed(sql, names);
  const missing = found.find((row) => row.id === null);
  if (missing !== undefined) return `no building ${missing.community} ${missing.building}`;
  return found
    .map((row) => must(row.id, "the id of a building"))
    .toSorted((one, other) => (one < other ? -1 : 1));
};

const understandAsset = async (sql: Sql, named: AssetNamed): Promise<Understood> => {
  if ("buildings" in named) {
    const buildingIds = await buildingIdsOf(sql, named.buildings);
    return typeof buildingIds === "string"
      ? kept(buildingIds)
      : { asset: { ...NO_ASSET, buildingIds }, turn: null, problem: null };
  }
  if ("source" in named) {
    const heatSourceId = await findSourceId(sql, named.source);
    if (heatSourceId === null) return kept(`no heat source ${named.source}`);
    return { asset: { ...NO_ASSET, heatSourceId }, turn: null, problem: null };
  }
  if ("loop" in named) {
    const loopId = await findLoopId(sql, named.station, named.loop);
    if (loopId === null) return kept(`no loop ${named.loop} of station ${named.station}`);
    return { asset: { ...NO_ASSET, loopId }, turn: null, problem: null };
  }
  const stationId = await findStationId(sql, named.station);
  if (stationId === null) return kept(`no station ${named.station}`);
  return { asset: { ...NO_ASSET, stationId }, turn: null, problem: null };
};

type Switch = Extract<Happening, { kind: "switch" }>;

const understandSwitch = async (sql: Sql, { asset, to }: Switch): Promise<Understood> => {
  if ("stations" in asset) {
    if (!("source" in to)) return kept("stations are switched to a source");
    const heatSourceId = await findSourceId(sql, to.source);
    if (heatSourceId === null) return kept(`no heat source ${to.source}`);
    const stationIds: bigint[] = [];
    for (const code of asset.stations) {
      const id = await findStationId(sql, code);
      if (id === null) return kept(`no station ${code}`);
      stationIds.push(id);
    }
    const turn = { stationIds, buildingIds: stationIds.map(() => null), heatSourceId, loopId: null };
    return { asset: NO_ASSET, turn, problem: null };
  }
  if (!("loop" in to)) return kept("buildings are switched to a loop");
  const loopId = await findLoopId(sql, to.station, to.loop);
  if (loopId === null) return kept(`no loop ${to.loop} of station ${to.station}`);
  const buildingIds = await buildingIdsOf(sql, asset.buildings);
  if (typeof buildingIds === "string") return kept(buildingIds);
  const turn = { stationIds: buildingIds.map(() => null), buildingIds, heatSourceId: null, loopId };
  return { asset: NO_ASSET, turn, problem: null };
};

/**
 * Tells the outages of an asset anew and holds the stored ones to it. A stored one that is told again keeps its id, also
 * when its beginning moved; one that is not told any more is withdrawn. Repeating changes nothing.
 */
const settleOutages = async (context: CommandContext, asset: Asset): Promise<void> => {
  const { sql, now } = context;
  const reports = await findReportsOfAsset(sql, asset);
  const idOfReport = new Map(reports.map((report) => [report.id, report.outageId]));
  const stored = new Set(reports.flatMap((report) => report.outageId ?? []));
  const taken = new Set<bigint>();
  const assigned = new Map<bigint, bigint>();
  for (const { reportIds, ...outage } of tellOutages(reports)) {
    const known = reportIds
      .map((id) => idOfReport.get(id) ?? null)
      .find((id) => id !== null && !taken.has(id));
    const id = known ?? (await insertOutage(sql, { ...asset, ...outage })).id;
    if (known !== undefined) await updateOutage(sql, { id, ...outage });
    taken.add(id);
    for (const reportId of reportIds) assigned.set(reportId, id);
  }
  const gone = [...stored].filter((id) => !taken.has(id));
  if (gone.length > 0) await withdrawOutages(sql, { ids: gone, now });
  const reportIds = reports.map((report) => report.id);
  await setOutageOfReports(sql, { reportIds, outageIds: reportIds.map((id) => assigned.get(id) ?? null) });
};

const requireHappened = (happening: Happening, now: Date): void => {
  const isPlanned = happening.kind === "outage" && happening.planned;
  const ahead = happening.occurredAt.getTime() - now.getTime();
  if (ahead > (isPlanned ? PLANNED_AHEAD_MS : AHEAD_MS)) {
    fail("supply.from-the-future", "this is said to happen later than it can be known", {
      field: "occurredAt",
      remedy: "set the sender's clock; a planned stop says planned: true",
    });
  }
};

/**
 * A sender's clock is a little ahead of ours: what it tells as done is done, and happens now. Else heat would come back at a moment at
 * which nobody looks. A planned stop keeps its hour.
 */
const notAhead = (happening: Happening, now: Date): Happening =>
  happening.occurredAt <= now || (happening.kind === "outage" && happening.planned)
    ? happening
    : { ...happening, occurredAt: now };

const subjectOf = (asset: Asset, turn: Turn | null): string => {
  const station = asset.stationId ?? turn?.stationIds.find((id) => id !== null);
  if (station !== undefined && station !== null) return `station:${station}`;
  const source = asset.heatSourceId ?? turn?.heatSourceId;
  if (source !== undefined && source !== null) return `source:${source}`;
  const loop = asset.loopId ?? turn?.loopId;
  return loop === undefined || loop === null ? `building:${asset.buildingIds[0] ?? 0n}` : `loop:${loop}`;
};

/**
 * Records one thing that happened on the network. Repeating is safe: the same event id of the same sender is the first one,
 * and the same kind of message about the same asset within the window is the same thing told again. What names something
 * that we do not know is kept with its problem, and a person gets it as a task. Announces `supply.reported`.
 * Reports take turns (an advisory lock): they are few, and each rests on the one before.
 * @throws DomainError `supply.from-the-future`
 */
export const recordReport = async (
  context: CommandContext,
  told: {
    readonly provider: "dispatch" | "person";
    readonly eventId: string;
    readonly happening: Happening;
  },
): Promise<RecordedReport> => {
  const { sql, now } = context;
  const { provider, eventId } = told;
  requireHappened(told.happening, now);
  const happening = notAhead(told.happening, now);
  const understood =
    happening.kind === "switch"
      ? await understandSwitch(sql, happening)
      : await understandAsset(sql, happening.asset);
  const { asset, turn, problem } = understood;
  const stopsHeat = happening.kind === "alarm" && happening.stopsHeat;
  const inserted = await insertReport(sql, {
    ...asset,
    provider,
    eventId,
    kind: happening.kind,
    stopsHeat,
    planned: happening.kind === "outage" && happening.planned,
    expectedBackAt: "expectedBackAt" in happening ? (happening.expectedBackAt ?? null) : null,
    note: happening.note,
    occurredAt: happening.occurredAt,
    receivedAt: now,
    problem,
    body: canonicalJson(told.happening),
  });
  if (inserted === null) {
    const before = await findReportOfEvent(sql, { provider, eventId });
    return { reportId: before.id, outcome: "repeated" };
  }
  const { id } = inserted;
  context.audit({ subject: `supply-report:${id}`, details: { kind: happening.kind, provider, problem } });
  if (problem !== null) {
    await askAPerson(context, id, problem);
    return { reportId: id, outcome: "kept" };
  }
  await lockSupply(sql);
  if (turn !== null) {
    await insertSwitches(sql, { ...turn, reportId: id, eventId, effectiveAt: happening.occurredAt });
  } else await settleOutages(context, asset);
  const isSame = await isToldAgain(sql, { ...asset, id, kind: happening.kind, stopsHeat }, happening);
  if (isSame) return { reportId: id, outcome: "same" };
  context.emit({
    type: "supply.reported",
    subject: subjectOf(asset, turn),
    payload: { reportId: String(id) },
  });
  return { reportId: id, outcome: "recorded" };
};

/** Alarms and warnings are repeated by machines; what an analysis, a return or a switch says is always news. */
const isToldAgain = async (
  sql: Sql,
  report: Asset & { id: bigint; kind: string; stopsHeat: boolean },
  happening: Happening,
): Promise<boolean> => {
  if (happening.kind !== "alarm" || happening.expectedBackAt !== undefined) return false;
  const earlier = await findEarlierTelling(sql, {
    ...report,
    occurredAt: happening.occurredAt,
    windowSeconds: SAME_WINDOW_MS / 1000,
  });
  // One that happened before what we knew of moves the beginning: that is news.
  if (earlier === null || happening.occurredAt < earlier.occurredAt) return false;
  // A trip, a return and a trip again within the window are two trips: then the two alarms are of two outages.
  const told = await findReportsOfAsset(sql, report);
  const outageOf = (id: bigint) => told.find((one) => one.id === id)?.outageId ?? null;
  if (outageOf(earlier.id) !== outageOf(report.id)) return false;
  await markSameAs(sql, { id: report.id, sameAsId: earlier.id });
  return true;
};

const askAPerson = (context: CommandContext, reportId: bigint, problem: string) =>
  openTask(context, {
    kind: "supply-report",
    source: `supply-report:${reportId}`,
    title: `调度中心所报不在管网台账中 The dispatch centre names what is not in the network: ${problem}`,
    details: { reportId: String(reportId) },
    ownerRole: "supervisor",
    dueAt: new Date(context.now.getTime() + 30 * 60_000),
  });
