/** 供热阀门日报: homes supplied, valves, who paid and waits, who did not pay, outages, leaks, rooms; before the season the tests. */
import { findSeason } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { figuresOfDay, type TestFigures } from "#src/service/pressure-tests/index.ts";
import { figure, type Figure, grid, listOf, type Report, share } from "./figures.ts";
import type { Span } from "./span.ts";
import { leakFigures, outagesByStation, slipFigures, supplyFigures } from "./supply-queries.ts";

const TEST_COUNTS = [
  "planned",
  "passed",
  "failed",
  "moved",
  "postponed",
  "open",
] as const satisfies readonly (keyof TestFigures)[];

const testFigures = (tests: TestFigures): Figure[] => [
  ...TEST_COUNTS.map((code) =>
    figure(`tests-${code}`, "count", tests[code], listOf("tests", { part: code })),
  ),
  share("tests-reach", tests.reached, tests.homes, listOf("testDoors", { part: "reached" })),
  figure("tests-namedGaps", "count", tests.namedGaps, listOf("testDoors", { part: "named" })),
  figure("tests-unnamedGaps", "count", tests.unnamedGaps, listOf("testDoors", { part: "unnamed" })),
];

export const supplySheet = async (sql: Sql, span: Span): Promise<Report> => {
  const season = await findSeason(sql, span.season);
  const supply = await supplyFigures(sql, span);
  const outages = await outagesByStation(sql, span);
  const leaks = await leakFigures(sql, span);
  const slips = await slipFigures(sql, span);
  const isBefore = season !== null && span.toDay < season.startsOn;
  const tests = isBefore ? await figuresOfDay(sql, span, { day: span.toDay, kind: "pressure" }) : null;
  return {
    figures: [
      figure("suppliedHomes", "count", supply.suppliedHomes, listOf("supplied")),
      figure("suppliedM2", "milli-m2", supply.suppliedMilliM2, listOf("supplied")),
      figure("opened", "count", supply.opened, listOf("valves", { part: "open" })),
      figure("closed", "count", supply.closed, listOf("valves", { part: "closed" })),
      figure("notOpened", "count", supply.notOpened, listOf("notOpened")),
      figure("notClosed", "count", supply.notClosed, listOf("notClosed")),
      figure("seriesHomes", "count", supply.seriesHomes, listOf("seriesUnpaid")),
      figure("seriesFen", "fen", supply.seriesFen, listOf("seriesUnpaid")),
      figure("leaks", "count", leaks.leaks, listOf("leaks", { part: "all" })),
      share("leaksInTime", leaks.inTime, leaks.leaks, listOf("leaks", { part: "in-time" })),
      figure("leakMinutes", "minutes", leaks.medianMinutes, listOf("leaks", { part: "reached" })),
      figure("leakLongest", "minutes", leaks.longestMinutes, listOf("leaks", { part: "reached" })),
      share("roomRate", slips.passed, slips.valid, listOf("slips", { part: "valid" })),
      figure("outdoorMean", "tenths", slips.outdoorTenths, listOf("slips", { part: "valid" })),
      ...(tests === null ? [] : testFigures(tests)),
    ],
    grids: [
      grid(
        "outages",
        outages,
        (row) => ({ label: `${row.name} ${row.code}`, params: { station: String(row.id) } }),
        [
          { code: "homes", kind: "count", list: listOf("darkHomes"), value: (row) => row.homes },
          {
            code: "outageMinutes",
            kind: "minutes",
            list: listOf("outages"),
            value: (row) => row.seconds / 60n,
          },
          {
            code: "homeHours",
            kind: "hours",
            list: listOf("darkHomes"),
            value: (row) => row.homeSeconds / 3600n,
          },
        ],
      ),
    ],
    findings: [],
  };
};
