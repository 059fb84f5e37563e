/** 热线工单日报: calls, lost calls and how soon they were called back, cases by class, in time, again, and the coldest stations. */
import { readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { servicePolicy } from "#src/service/hotline/index.ts";
import { countFigure, type FigureName } from "#src/service/tickets/index.ts";
import { figure, type Figure, grid, listOf, type Report, share } from "./figures.ts";
import { type CallFigures, countCalls, countCases, worstStations } from "./hotline-queries.ts";
import { figureList } from "./lists/service-lists.ts";
import type { Span } from "./span.ts";

export const callFiguresOf = (calls: CallFigures): Figure[] => {
  const list = (part: string) => listOf("calls", { part });
  const lost = (part: string) => listOf("lost", { part });
  return [
    figure("calls", "count", calls.calls, list("all")),
    figure("selfServed", "count", calls.selfServed, list("self-served")),
    figure("answered", "count", calls.answered, list("answered")),
    share("answerRate", calls.answered, calls.base, list("base")),
    share("inTimeRate", calls.inTime, calls.base, list("in-time")),
    figure("lostNumbers", "count", calls.lostNumbers, lost("all")),
    share("lostReachedInTime", calls.reachedInTime, calls.lostNumbers, lost("in-time")),
    figure("lostOpen", "count", calls.lostOpen, lost("open")),
  ];
};

export const readCalls = async (sql: Sql, span: Span): Promise<CallFigures> => {
  const { answerWithinSeconds } = await readSetting(sql, servicePolicy);
  return countCalls(sql, { ...span, withinSeconds: answerWithinSeconds });
};

/** A figure of the room of cases, with the list behind what met it or did not. */
export const caseShare = async (
  sql: Sql,
  span: Span,
  name: FigureName,
  part: "counted" | "met" | "missed",
): Promise<Figure> => {
  const { counted, met } = await countFigure(sql, name, { ...span, source: null });
  return share(name, met, counted, listOf(figureList(name), { part }));
};

export const hotlineSheet = async (sql: Sql, span: Span): Promise<Report> => {
  const calls = await readCalls(sql, span);
  const cases = await countCases(sql, span);
  const stations = await worstStations(sql, span);
  const sum = (key: "new" | "closed" | "open") => cases.reduce((total, row) => total + row[key], 0n);
  const list = (part: string) => listOf("cases", { part });
  return {
    figures: [
      ...callFiguresOf(calls),
      figure("newCases", "count", sum("new"), list("new")),
      figure("closedCases", "count", sum("closed"), list("closed")),
      figure("openCases", "count", sum("open"), list("open")),
      // What is due and open when the day ends stands below the line.
      await caseShare(sql, span, "timely", "missed"),
      await caseShare(sql, span, "repeat", "met"),
    ],
    grids: [
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
      grid(
        "stations",
        stations,
        (row) => ({ label: `${row.name} ${row.code}`, params: { station: String(row.id) } }),
        [
          { code: "coldCases", kind: "count", list: listOf("coldCases"), value: (row) => row.cases },
          { code: "suppliedHomes", kind: "count", list: listOf("supplied"), value: (row) => row.homes },
          {
            code: "perThousand",
            kind: "hundredths",
            list: listOf("coldCases"),
            value: (row) => (row.homes === 0n ? null : (row.cases * 100_000n) / row.homes),
          },
        ],
      ),
    ],
    findings: [],
  };
};
