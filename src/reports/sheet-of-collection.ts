/** 收费日报: yesterday and the season to date, by branch, manager and channel, beside the same day of the season before. */
import type { Sql } from "#src/platform/sql.ts";
import type { AreaCollection, ChannelCollection } from "./collection-parts-queries.ts";
import { collectByArea, collectByChannel } from "./collection-queries.ts";
import { figure, type Figure, type Grid, grid, listOf, rate, type Report, share } from "./figures.ts";
import { lastSeasonSpan, NOBODY, type Span } from "./span.ts";

type Sums = Pick<
  AreaCollection,
  "homes" | "paidHomes" | "issuedFen" | "receivedFen" | "spanFen" | "milliM2" | "paidMilliM2"
>;
const NOTHING: Sums = {
  homes: 0n,
  paidHomes: 0n,
  issuedFen: 0n,
  receivedFen: 0n,
  spanFen: 0n,
  milliM2: 0n,
  paidMilliM2: 0n,
};
const add = (one: Sums, other: Sums): Sums => ({
  homes: one.homes + other.homes,
  paidHomes: one.paidHomes + other.paidHomes,
  issuedFen: one.issuedFen + other.issuedFen,
  receivedFen: one.receivedFen + other.receivedFen,
  spanFen: one.spanFen + other.spanFen,
  milliM2: one.milliM2 + other.milliM2,
  paidMilliM2: one.paidMilliM2 + other.paidMilliM2,
});
export const sumOf = (rows: readonly Sums[]): Sums => rows.reduce(add, NOTHING);

export type Group = Sums & {
  readonly label: string;
  readonly params: Readonly<Record<string, string>>;
  /** The same of the season before; null when nobody knows. */
  readonly before: Sums | null;
};

/** Rows by what `keyOf` says, each with its twin of the season before. */
export const groupBy = (
  rows: readonly AreaCollection[],
  before: readonly AreaCollection[] | null,
  keyOf: (row: AreaCollection) => { id: bigint | null; label: string | null },
  param: string,
  also: Readonly<Record<string, string>> = {},
): Group[] => {
  const ids = new Map<bigint | null, string | null>();
  for (const row of rows) ids.set(keyOf(row).id, keyOf(row).label);
  const of = (all: readonly AreaCollection[], id: bigint | null) =>
    sumOf(all.filter((row) => keyOf(row).id === id));
  return [...ids].map(([id, label]) => ({
    ...of(rows, id),
    label: label ?? "（未划片）",
    params: { ...also, [param]: String(id ?? NOBODY) },
    before: before === null ? null : of(before, id),
  }));
};

export const COLLECTION_GROUPS = {
  area: (row: AreaCollection) => ({ id: row.areaId, label: row.area }),
  branch: (row: AreaCollection) => ({ id: row.branchId, label: row.branch }),
  manager: (row: AreaCollection) => ({ id: row.managerId, label: row.manager }),
} as const;

/** A list of the days of the same numbers in the season before. */
export const BEFORE = { before: "yes" } as const;

/** The grid of a grouping: issued, received, and the rate in yuan, homes and m2, beside last season's. */
export const collectionGrid = (code: string, groups: readonly Group[]): Grid =>
  grid(code, groups, ({ label, params }) => ({ label, params }), [
    {
      code: "spanFen",
      kind: "fen",
      list: listOf("received", { part: "season" }),
      value: (row) => row.spanFen,
    },
    {
      code: "receivedFen",
      kind: "fen",
      list: listOf("bills", { part: "issued" }),
      value: (row) => row.receivedFen,
    },
    {
      code: "issuedFen",
      kind: "fen",
      list: listOf("bills", { part: "issued" }),
      value: (row) => row.issuedFen,
    },
    {
      code: "rateFen",
      kind: "rate",
      list: listOf("bills", { part: "issued" }),
      value: (row) => row.receivedFen,
      of: (row) => row.issuedFen,
    },
    {
      code: "rateFenBefore",
      kind: "rate",
      list: listOf("bills", { part: "issued", ...BEFORE }),
      value: (row) => row.before?.receivedFen ?? null,
      of: (row) => row.before?.issuedFen ?? 0n,
    },
    {
      code: "rateHomes",
      kind: "share",
      list: listOf("bills", { part: "paid" }),
      value: (row) => row.paidHomes,
      of: (row) => row.homes,
    },
    {
      code: "rateM2",
      kind: "rate",
      list: listOf("bills", { part: "paid" }),
      value: (row) => row.paidMilliM2,
      of: (row) => row.milliM2,
    },
    {
      code: "unpaidHomes",
      kind: "count",
      list: listOf("bills", { part: "unpaid" }),
      value: (row) => row.homes - row.paidHomes,
    },
  ]);

/** The grid of the channels (by bank), beside last season's. */
export const channelGrid = (
  rows: readonly ChannelCollection[],
  before: readonly ChannelCollection[] | null,
): Grid => {
  const channel = (code: string) => (before ?? []).find((row) => row.code === code);
  const WORDS: Readonly<Record<string, readonly [string, string]>> = {
    prepaid: ["预收转入", "From prepaid"],
    suspense: ["待核销认领", "Claimed from suspense"],
  };
  return grid(
    "channels",
    rows,
    ({ code, name, nameEn }) => ({
      label: name ?? WORDS[code]?.[0] ?? code,
      labelEn: nameEn ?? WORDS[code]?.[1] ?? code,
      params: { channel: code },
    }),
    [
      { code: "payments", kind: "count", list: listOf("takings"), value: (row) => row.payments },
      {
        code: "seasonFen",
        kind: "fen",
        list: listOf("received", { part: "channel" }),
        value: (row) => row.seasonFen,
      },
      { code: "oldFen", kind: "fen", list: listOf("received", { part: "old" }), value: (row) => row.oldFen },
      {
        code: "prepaidFen",
        kind: "fen",
        list: listOf("received", { part: "prepaid" }),
        value: (row) => row.prepaidFen,
      },
      {
        code: "cashFen",
        kind: "fen",
        list: listOf("received", { part: "cash" }),
        value: (row) => row.cashFen,
      },
      {
        code: "toDateFen",
        kind: "fen",
        list: listOf("received", { part: "to-date" }),
        value: (row) => row.toDateFen,
      },
      {
        code: "toDateFenBefore",
        kind: "fen",
        list: listOf("received", { part: "to-date", ...BEFORE }),
        value: (row) => (before === null ? null : (channel(row.code)?.toDateFen ?? 0n)),
      },
    ],
  );
};

export const totalOf = (rows: readonly ChannelCollection[], key: keyof ChannelCollection): bigint =>
  rows.reduce((sum, row) => sum + (typeof row[key] === "bigint" ? row[key] : 0n), 0n);

/** By channel, from the day on which the bills of the season opened. */
export const channelsOf = (sql: Sql, span: Span): Promise<ChannelCollection[]> => collectByChannel(sql, span);

/** All of the money that came in on the days of the span: what the money sheet is held against. */
export const cashOf = async (sql: Sql, span: Span): Promise<bigint> =>
  totalOf(await channelsOf(sql, span), "cashFen");

/** What was received of the season before by the same day, and its rate. */
export const beforeFigures = ({ receivedFen, issuedFen }: Sums): Figure[] => {
  const list = listOf("bills", { part: "issued", ...BEFORE });
  return [
    figure("receivedFenBefore", "fen", receivedFen, list),
    rate("rateFenBefore", receivedFen, issuedFen, list),
  ];
};

export const collectionSheet = async (sql: Sql, span: Span): Promise<Report> => {
  const last = await lastSeasonSpan(sql, span);
  const areas = await collectByArea(sql, span);
  const areasBefore = last === null ? null : await collectByArea(sql, last);
  const channels = await channelsOf(sql, span);
  const channelsBefore = last === null ? null : await channelsOf(sql, last);
  const all = sumOf(areas);
  const before = areasBefore === null ? null : sumOf(areasBefore);
  const sum = (key: keyof ChannelCollection) => totalOf(channels, key);
  const received = (part: string) => listOf("received", { part });
  return {
    figures: [
      figure("season", "count", span.season),
      figure("spanFen", "fen", all.spanFen, received("season")),
      figure("oldFen", "fen", sum("oldFen"), received("old")),
      figure("prepaidFen", "fen", sum("prepaidFen"), received("prepaid")),
      figure("cashFen", "fen", sum("cashFen"), received("cash")),
      figure("issuedFen", "fen", all.issuedFen, listOf("bills", { part: "issued" })),
      figure("receivedFen", "fen", all.receivedFen, listOf("bills", { part: "issued" })),
      rate("rateFen", all.receivedFen, all.issuedFen, listOf("bills", { part: "issued" })),
      share("rateHomes", all.paidHomes, all.homes, listOf("bills", { part: "paid" })),
      rate("rateM2", all.paidMilliM2, all.milliM2, listOf("bills", { part: "paid" })),
      figure("unpaidHomes", "count", all.homes - all.paidHomes, listOf("bills", { part: "unpaid" })),
      ...(before === null || last === null
        ? []
        : [
            figure("dayBefore", "day", last.toDay),
            ...beforeFigures(before),
            share(
              "rateHomesBefore",
              before.paidHomes,
              before.homes,
              listOf("bills", { part: "paid", ...BEFORE }),
            ),
          ]),
    ],
    grids: [
      collectionGrid("branches", groupBy(areas, areasBefore, COLLECTION_GROUPS.branch, "area")),
      collectionGrid("managers", groupBy(areas, areasBefore, COLLECTION_GROUPS.manager, "staff")),
      channelGrid(channels, channelsBefore),
    ],
    findings: [],
  };
};
