/** The boards: service, collection, and the ledger of what was closed. Counted whenever they are asked for. */
import type { Sql } from "#src/platform/sql.ts";
import { FIGURE_NAMES } from "#src/service/tickets/index.ts";
import {
  type AreaClosures,
  type Closures,
  countClocks,
  countClosures,
  countClosuresByArea,
  firstContactFix,
} from "./board-queries.ts";
import { collectByArea, collectByDay } from "./collection-queries.ts";
import { figure, grid, listOf, rate, type Report, share } from "./figures.ts";
import { type CallDay, callsByDay, countCases } from "./hotline-queries.ts";
import {
  BEFORE,
  beforeFigures,
  channelGrid,
  channelsOf,
  COLLECTION_GROUPS,
  collectionGrid,
  groupBy,
  sumOf,
} from "./sheet-of-collection.ts";
import { callFiguresOf, caseShare, readCalls } from "./sheet-of-hotline.ts";
import { lastSeasonSpan, NOBODY, type Span } from "./span.ts";

const clocksGrid = (clocks: Awaited<ReturnType<typeof countClocks>>) =>
  grid("clocks", clocks, (row) => ({ label: row.kind, params: { class: row.kind } }), [
    { code: "due", kind: "count", list: listOf("clocks", { part: "due" }), value: (row) => row.due },
    { code: "kept", kind: "count", list: listOf("clocks", { part: "met" }), value: (row) => row.met },
    {
      code: "broken",
      kind: "count",
      list: listOf("clocks", { part: "missed" }),
      value: (row) => row.due - row.met,
    },
    {
      code: "keptRate",
      kind: "share",
      list: listOf("clocks", { part: "met" }),
      value: (row) => row.met,
      of: (row) => row.due,
    },
  ]);

const callDaysGrid = (days: readonly CallDay[]) =>
  grid("callDays", days, (row) => ({ label: row.day, params: { from: row.day, to: row.day } }), [
    { code: "calls", kind: "count", list: listOf("calls", { part: "all" }), value: (row) => row.calls },
    {
      code: "selfServed",
      kind: "count",
      list: listOf("calls", { part: "self-served" }),
      value: (row) => row.selfServed,
    },
    {
      code: "answered",
      kind: "count",
      list: listOf("calls", { part: "answered" }),
      value: (row) => row.answered,
    },
    {
      code: "abandoned",
      kind: "count",
      list: listOf("calls", { part: "abandoned" }),
      value: (row) => row.abandoned,
    },
    {
      code: "answerRate",
      kind: "share",
      list: listOf("calls", { part: "base" }),
      value: (row) => row.answered,
      of: (row) => row.base,
    },
  ]);

export const serviceBoard = async (sql: Sql, span: Span): Promise<Report> => {
  const calls = await readCalls(sql, span);
  const contact = await firstContactFix(sql, span);
  const clocks = await countClocks(sql, span);
  const days = await callsByDay(sql, span);
  const cases = await countCases(sql, span);
  const shares = [];
  for (const name of FIGURE_NAMES) shares.push(await caseShare(sql, span, name, "counted"));
  const list = (part: string) => listOf("cases", { part });
  return {
    figures: [
      ...callFiguresOf(calls),
      figure("callBackMinutes", "minutes", calls.medianMinutes, listOf("lost", { part: "reached" })),
      figure("callBackLongest", "minutes", calls.longestMinutes, listOf("lost", { part: "reached" })),
      share("firstContact", contact.met, contact.counted, listOf("contacts", { part: "counted" })),
      ...shares,
    ],
    grids: [
      clocksGrid(clocks),
      callDaysGrid(days),
      grid(
        "classes",
        cases.filter((row) => row.new + row.closed + row.open > 0n),
        (row) => ({ label: row.name, labelEn: row.nameEn, params: { category: row.code } }),
        [
          { code: "newCases", kind: "count", list: list("new"), value: (row) => row.new },
          { code: "closedCases", kind: "count", list: list("closed"), value: (row) => row.closed },
          { code: "openCases", kind: "count", list: list("open"), value: (row) => row.open },
        ],
      ),
    ],
    findings: [],
  };
};

export const COLLECTION_BY = ["area", "branch", "manager", "channel"] as const;
export type CollectionBy = (typeof COLLECTION_BY)[number];

/** A row of one area is without what lies below it. */
const ALONE = { alone: "yes" } as const;
const PARAM_OF = { area: "area", branch: "area", manager: "staff" } as const;

/** Principal of the season to the end of the span against the same day of the season before. */
export const collectionBoard = async (sql: Sql, span: Span, by: CollectionBy): Promise<Report> => {
  const last = await lastSeasonSpan(sql, span);
  const areas = await collectByArea(sql, span);
  const before = last === null ? null : await collectByArea(sql, last);
  const all = sumOf(areas);
  const then = before === null ? null : sumOf(before);
  const table =
    by === "channel"
      ? channelGrid(await channelsOf(sql, span), last === null ? null : await channelsOf(sql, last))
      : collectionGrid(
          "collection",
          groupBy(areas, before, COLLECTION_GROUPS[by], PARAM_OF[by], by === "area" ? ALONE : {}),
        );
  return {
    figures: [
      figure("season", "count", span.season),
      figure("spanFen", "fen", all.spanFen, listOf("received", { part: "season" })),
      figure("receivedFen", "fen", all.receivedFen, listOf("bills", { part: "issued" })),
      figure("issuedFen", "fen", all.issuedFen, listOf("bills", { part: "issued" })),
      rate("rateFen", all.receivedFen, all.issuedFen, listOf("bills", { part: "issued" })),
      share("rateHomes", all.paidHomes, all.homes, listOf("bills", { part: "paid" })),
      rate("rateM2", all.paidMilliM2, all.milliM2, listOf("bills", { part: "paid" })),
      figure("unpaidHomes", "count", all.homes - all.paidHomes, listOf("bills", { part: "unpaid" })),
      ...(then === null || last === null
        ? []
        : [figure("dayBefore", "day", last.toDay), ...beforeFigures(then)]),
    ],
    grids: [table, await seasonCurve(sql, span, last)],
    findings: [],
  };
};

/** What was received by day number since the bills opened, this season and last: for a curve beside the table. */
const seasonCurve = async (sql: Sql, span: Span, last: Span | null) => {
  const now = await collectByDay(sql, span);
  const then = last === null ? [] : await collectByDay(sql, last);
  const shift = last === null ? 0 : Date.parse(span.toDay) - Date.parse(last.toDay);
  const moved = new Map(
    then.map(({ day, fen }) => [new Date(Date.parse(day) + shift).toISOString().slice(0, 10), fen]),
  );
  const days = [...new Set([...now.map(({ day }) => day), ...moved.keys()])].toSorted();
  const byDay = new Map(now.map(({ day, fen }) => [day, fen]));
  let [sum, sumBefore] = [0n, 0n];
  const rows = days.map((day) => {
    sum += byDay.get(day) ?? 0n;
    sumBefore += moved.get(day) ?? 0n;
    return { day, fen: byDay.get(day) ?? 0n, sum, sumBefore };
  });
  // A day before the bills of the season opened is still of its curve.
  const params = (day: string) => ({ from: day, to: day, season: String(span.season) });
  return grid("curve", rows, (row) => ({ label: row.day, params: params(row.day) }), [
    {
      code: "spanFen",
      kind: "fen",
      list: listOf("received", { part: "day" }),
      value: (row) => row.fen,
    },
    {
      code: "receivedFen",
      kind: "fen",
      list: listOf("received", { part: "until" }),
      value: (row) => row.sum,
    },
    {
      code: "receivedFenBefore",
      kind: "fen",
      list: listOf("received", { part: "until", ...BEFORE }),
      value: (row) => (last === null ? null : row.sumBefore),
    },
  ]);
};

type ClosureRow = { readonly found: bigint; readonly closed: bigint; readonly solved: bigint };
/** What became of what was found: the closed, of them the solved, and those that are open; the rate opens the closed ones. */
const closureColumns = <Row extends ClosureRow>(source: "" | "reported-" | "found-") => {
  const list = (part: string) => listOf("ledger", { part: `${source}${part}` });
  return [
    { code: "closedCases", kind: "count" as const, list: list("closed"), value: (row: Row) => row.closed },
    { code: "solved", kind: "count" as const, list: list("solved"), value: (row: Row) => row.solved },
    {
      code: "stillOpen",
      kind: "count" as const,
      list: list("open"),
      value: (row: Row) => row.found - row.closed,
    },
    {
      code: "closureRate",
      kind: "share" as const,
      list: list("closed"),
      value: (row: Row) => row.closed,
      of: (row: Row) => row.found,
    },
  ];
};

/** 台账: found, closed, and the rate that never says 100 while one is open. */
export const closureLedger = async (sql: Sql, span: Span): Promise<Report> => {
  const rows = await countClosures(sql, span);
  const areas = await countClosuresByArea(sql, span);
  const of = (source: "reported" | "found") => {
    const mine = rows.filter((row) => row.source === source);
    return {
      found: mine.reduce((sum, row) => sum + row.found, 0n),
      closed: mine.reduce((sum, row) => sum + row.closed, 0n),
      solved: mine.reduce((sum, row) => sum + row.solved, 0n),
    };
  };
  const [reported, found] = [of("reported"), of("found")];
  const list = (part: string) => listOf("ledger", { part });
  const sourceGrid = (source: "reported" | "found") =>
    grid(
      `${source}Ledger`,
      rows.filter((row) => row.source === source),
      (row) => ({ label: row.name, labelEn: row.nameEn, params: { category: row.code } }),
      [
        { code: "found", kind: "count", list: list(source), value: (row) => row.found },
        ...closureColumns<Closures>(`${source}-`),
      ],
    );
  return {
    figures: [
      figure("reportedFound", "count", reported.found, list("reported")),
      share("reportedClosed", reported.closed, reported.found, list("reported-closed")),
      figure("reportedSolved", "count", reported.solved, list("reported-solved")),
      figure("reportedOpen", "count", reported.found - reported.closed, list("reported-open")),
      figure("ownFound", "count", found.found, list("found")),
      share("ownClosed", found.closed, found.found, list("found-closed")),
      figure("ownSolved", "count", found.solved, list("found-solved")),
      figure("ownOpen", "count", found.found - found.closed, list("found-open")),
    ],
    grids: [
      sourceGrid("reported"),
      sourceGrid("found"),
      grid(
        "areaLedger",
        areas,
        (row) => ({
          label: row.name ?? "（未划片）",
          labelEn: row.name ?? "(in no area)",
          params: { area: String(row.id ?? NOBODY), ...ALONE },
        }),
        [
          { code: "found", kind: "count", list: list("all"), value: (row) => row.found },
          ...closureColumns<AreaClosures>(""),
        ],
      ),
    ],
    findings: [],
  };
};
