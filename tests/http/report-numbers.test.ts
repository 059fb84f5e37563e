/** Every number of every sheet and board opens a list, over HTTP and page by page, that counts or adds up to it; what cannot is named. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { COLLECTION_BY, type Figure, type Grid, hasWord, reportWord, SHEETS } from "#src/reports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { ask, type Edge, startEdge } from "#tests/http/edge.ts";
import { AREA, type FieldTown } from "#tests/support/field.ts";
import { createMorningTown, DAY } from "#tests/support/morning-town.ts";
import { person } from "#tests/support/people.ts";

/** What has no list, and why: a number that is new has one, or stands here and in docs/reports.md. */
const WITHOUT_LIST: Readonly<Record<string, string>> = {
  season: "the name of the season",
  dayBefore: "the day that last season's figures are of",
  bounces: "of one order, whose case stands beside it",
};

let town: FieldTown;
let edge: Edge;
const callers = new Map<string, Actor>();
beforeAll(async () => {
  town = await createMorningTown();
  await liveLastYear(town);
  const whole = await person(town.db, "chief-one", ["supervisor"]);
  callers.set("chief", whole);
  callers.set("bound", { ...whole, scope: { kind: "areas", areaIds: [AREA] } });
  edge = await startEdge(town.platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "session"
        ? null
        : (callers.get(credential.token.replace("token-of-the-", "")) ?? null),
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

/** Two homes paid in last season's time; the first area has a manager, the second building nobody who serves it. */
const liveLastYear = async (its: FieldTown): Promise<void> => {
  const { clock, owner } = its.db;
  const now = clock.now();
  for (const [home, at] of [
    [41, "2025-11-05T09:00:00+08:00"],
    [60, "2025-11-10T09:00:00+08:00"],
  ] as const) {
    clock.set(at);
    await its.pay(home);
  }
  clock.set(now.toISOString());
  await owner.sql.run(
    "update service_area_buildings set valid = daterange('2020-01-01', '2026-11-01') where building_id = 1",
  );
  await owner.sql.run(
    `insert into area_duties (area_id, staff_id, duty, valid)
     select :area, max(id), 'manager', daterange('2020-01-01', null) from staff_members`,
    { area: AREA },
  );
};

type Params = Readonly<Record<string, string>>;
type Row = { readonly cells: Readonly<Record<string, string | number | null>> };
type Cell = {
  readonly kind: string;
  readonly value: string | number | null;
  readonly of: number | null;
};
type Told = { readonly report: { readonly figures: readonly Figure[]; readonly grids: readonly Grid[] } };

const get = (token: string, path: string) => ask(edge, `/api/v1${path}`, { token: `token-of-the-${token}` });

const rowsOf = async (token: string, name: string, params: Params): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ ...params, limit: "25", ...(cursor === null ? {} : { cursor }) });
    const { status, body, text } = await get(token, `/report-lists/${name}?${query.toString()}`);
    if (status !== 200) throw new Error(`${name} ${query.toString()}: ${text}`);
    rows.push(...(body["items"] as Row[]));
    cursor = body["nextCursor"] as string | null;
  } while (cursor !== null);
  return rows;
};

const numbersOf = (rows: readonly Row[], column: string): number[] =>
  rows.flatMap(({ cells }) => (typeof cells[column] === "number" ? [cells[column]] : []));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** What the list says to a number of this kind: one of these has to be it. */
const saidBy = (rows: readonly Row[], kind: string, homes: number): readonly (number | null)[] => {
  const minutes = numbersOf(rows, "minutes").toSorted((one, other) => one - other);
  const outdoor = numbersOf(rows, "outdoor");
  switch (kind) {
    case "fen":
    case "rate":
      return ["fen", "openFen", "issuedFen", "receivedFen", "feeFen", "milliM2"].map((column) =>
        sum(numbersOf(rows, column)),
      );
    case "milli-m2":
      return [sum(numbersOf(rows, "milliM2"))];
    case "minutes":
      return [minutes.at(-1) ?? null, minutes[Math.ceil(minutes.length / 2) - 1] ?? null];
    case "hours":
      return [Math.trunc(sum(minutes) / 60)];
    case "tenths":
      return [Math.round(sum(outdoor) / outdoor.length)];
    case "hundredths":
      return [Math.trunc((rows.length * 100_000) / homes)];
    default:
      return [rows.length];
  }
};

const differs = async (
  token: string,
  where: string,
  list: NonNullable<Figure["list"]>,
  cell: Cell,
  homes: number,
  params: Params,
) => {
  const { kind, value, of } = cell;
  if (value === null) return [];
  const rows = await rowsOf(token, list.name, { ...params, ...list.params });
  if (rows.length > 0) lived.add(Object.values({ name: list.name, ...list.params }).join(" "));
  if (typeof value === "string") return rows.length > 0 ? [] : [`${where} ${value}: nothing in ${list.name}`];
  const said = saidBy(rows, kind, homes);
  // What is done in time leads to what was not.
  const isMissed = list.params["part"] === "missed";
  const right = kind !== "share" || of === null ? [value] : isMissed ? [of - value] : [value, of];
  return right.some((one) => said.includes(one))
    ? []
    : [
        `${where} ${value}/${of}: ${list.name} ${JSON.stringify({ ...params, ...list.params })} says ${said.join(", ")}`,
      ];
};

const open = new Set<string>();
/** Lists that had rows behind a number. */
const lived = new Set<string>();
const walk = async (token: string, where: string, path: string, days: Params): Promise<string[]> => {
  const { status, body, text } = await get(token, path);
  if (status !== 200) throw new Error(`${path}: ${text}`);
  const { report } = body as unknown as Told;
  const wrong: string[] = [];
  const check = async (
    at: string,
    code: string,
    list: Figure["list"],
    cell: Cell,
    homes: number,
    params: Params,
  ) => {
    if (!hasWord(code)) wrong.push(`${at} has no word`);
    if (cell.kind === "text") return;
    if (list === null) {
      open.add(code);
      if (WITHOUT_LIST[code] === undefined) wrong.push(`${at} has no list and no exception`);
      return;
    }
    wrong.push(...(await differs(token, at, list, cell, homes, params)));
  };
  for (const one of report.figures) await check(`${where} ${one.code}`, one.code, one.list, one, 0, days);
  for (const { code: grid, columns, rows } of report.grids) {
    const homesAt = columns.findIndex(({ code }) => code === "suppliedHomes");
    for (const [index, { code, kind, list }] of columns.entries()) {
      await check(`${where} ${grid} ${code}`, code, list, { kind, value: null, of: null }, 0, days);
      for (const row of rows) {
        const { value, of } = row.cells[index] ?? { value: null, of: null };
        const homes = Number(row.cells[homesAt]?.value ?? 0);
        await check(`${where} ${grid} ${row.label} ${code}`, code, list, { kind, value, of }, homes, {
          ...days,
          ...row.params,
        });
      }
    }
  }
  return wrong;
};

test.each(["chief", "bound"])(
  "every number that %s sees is what its list counts or adds up to",
  async (token) => {
    const wrong: string[] = [];
    for (const name of SHEETS) {
      if (token === "bound" && name === "money") continue;
      wrong.push(...(await walk(token, name, `/morning-sheets/${DAY}/${name}`, { from: DAY, to: DAY })));
    }
    const days = { from: "2026-11-09", to: DAY };
    const query = new URLSearchParams(days).toString();
    for (const board of ["service", "closures", ...COLLECTION_BY.map((by) => `collection?by=${by}`)]) {
      const path = `/boards/${board}${board.includes("?") ? "&" : "?"}${query}`;
      wrong.push(...(await walk(token, board, path, days)));
    }
    expect(wrong).toEqual([]);
  },
);

test("numbers were met that are not nought, of last season too", () => {
  for (const list of [
    "bills paid yes",
    "bills issued yes",
    "received until",
    "received until yes",
    "received to-date yes",
    "received channel",
    "takings",
    "darkHomes",
    "outages",
    "ledger reported-closed",
    "ledger closed",
    "ledger solved",
    "supplied",
  ])
    expect([...lived]).toContain(list);
});

test("the exceptions are those that there are, and the documents name them", () => {
  expect([...open].toSorted()).toEqual(Object.keys(WITHOUT_LIST).toSorted());
  const said = readFileSync("docs/reports.md", "utf8");
  for (const code of open) expect(said).toContain(reportWord(code)["zh-CN"]);
});
