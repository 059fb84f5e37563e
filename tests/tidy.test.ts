/**
 * The rules of the house, run. Each mistake that cost somebody time becomes a rule here, so that it costs nobody twice.
 */
import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { production, read, root, type SourceFile } from "./tidy/sources.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

/** From the ground up: a room imports only what stands before it in this list. */
const ROOMS = [
  "kernel",
  "platform",
  "office/calendars",
  "office/staff",
  "office/approvals",
  "office/tasks",
  "office/documents",
  "office/reveals",
  "office/exports",
  "town/network",
  "town/supply",
  "town/grid",
  "town/accounts",
  "money/ledger",
  "money/tariffs",
  "money/billing",
  "money/collection",
  "money/reminders",
  "money/lifecycle",
  "bank/channels",
  "bank/reconciliation",
  "cutover",
  "messages/messaging",
  "messages/notices",
  "service/clocks",
  "service/tickets",
  "service/routing",
  "service/incidents",
  "service/referrals",
  "service/field",
  "service/pressure-tests",
  "service/hotline",
  "service/intake",
  "service/household",
  "reports",
  "sheets",
  "demo",
] as const;
/** Edges: nothing imports them, they import what they need. */
const EDGES = ["http", "cli"] as const;

const everything = read("{src,workers,tests,bench,migrations}/**/*.ts");

const roomOf = (name: string): string | null => {
  const inside = name.replace(/^src\//, "");
  if (name.startsWith("workers/")) return "workers";
  const known = [...ROOMS, ...EDGES].find((room) => inside.startsWith(`${room}/`));
  return known ?? null;
};

const importsOf = (file: SourceFile): string[] =>
  [...file.text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

/** The file that an import names, relative to the repository; null for packages. */
const resolveImport = (file: SourceFile, specifier: string): string | null => {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file.name), specifier);
  return null;
};

describe("rooms", () => {
  test("every source file stands in a room of the picture", () => {
    const homeless = production.filter((file) => roomOf(file.name) === null).map((file) => file.name);
    expect(homeless).toEqual([]);
  });

  test("a room imports only rooms below it, and only through their face", () => {
    const breaches: string[] = [];
    const order = (room: string): number => (ROOMS as readonly string[]).indexOf(room);
    for (const file of production) {
      const from = roomOf(file.name);
      for (const specifier of importsOf(file)) {
        const target = resolveImport(file, specifier);
        if (target === null || !/^(src|workers|tests|bench)\//.test(target)) continue;
        const to = roomOf(target);
        if (to === from) continue;
        const say = (why: string) => breaches.push(`${file.name} imports ${target}: ${why}`);
        if (to === null) say("this is no room");
        else if ((EDGES as readonly string[]).includes(to) || to === "workers")
          say("nothing imports an edge");
        else if (order(from ?? "") >= 0 && order(to) > order(from ?? "")) say("that room stands higher");
        else if (to !== "kernel" && to !== "platform" && !target.endsWith("/index.ts"))
          say("not through its index.ts");
      }
    }
    expect(breaches).toEqual([]);
  });

  test("a table is written by one room", () => {
    const writers = new Map<string, Set<string>>();
    const verbs = /\b(?:insert\s+into|update(?!\s+set\b)|delete\s+from|copy)\s+([a-z_]+)(?=[\s(])/g;
    for (const file of production) {
      const room = roomOf(file.name) ?? "";
      // the demo story plays a superuser who tampers, and the town's owner
      if (room === "demo" || file.name.startsWith("src/cli/story/")) continue; // the demo seed writes a whole town at once, into empty tables
      // SQL lives in template literals and strings; comments are prose.
      const code = file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
      for (const match of code.matchAll(verbs)) {
        const table = match[1] ?? "";
        if (tables.has(table)) writers.set(table, (writers.get(table) ?? new Set()).add(room));
      }
    }
    const shared = [...writers]
      .filter(([, rooms]) => rooms.size > 1)
      .map(([table, rooms]) => `${table}: ${[...rooms].join(", ")}`);
    expect(shared).toEqual([]);
  });
});

describe("files", () => {
  test("no file is a drawer: 400 lines at most", () => {
    const long = everything
      .filter((file) => file.lines.length > 401)
      .map((file) => `${file.name}: ${file.lines.length}`);
    expect(long).toEqual([]);
  });

  const banned: readonly [RegExp, string, (name: string) => boolean][] = [
    [
      /\bnew Date\(\)|\bDate\.now\(\)/,
      "time comes from the clock",
      (name) => name === "src/platform/clock.ts",
    ],
    [/\bparseFloat\(|\.toFixed\(/, "no float near money, area or price", () => false],
    [/\.only\(|\.skip\(|\.todo\(/, "no test is skipped", () => false],
    [/\bas any\b|: any\b/, "no any", () => false],
    [/@ts-ignore|@ts-nocheck|@ts-expect-error/, "the types are told the truth", () => false],
    [/\bTODO\b|\bFIXME\b|\bXXX\b/, "what is missing is built or said in the notes", () => false],
    [/\.raw\(\s*`[^`]*\$\{/, "no value is pasted into SQL", () => false],
    [/catch\s*(?:\([^)]*\))?\s*\{\s*\}/, "no error is swallowed without a sentence of why", () => false],
  ];
  for (const [pattern, why, allowed] of banned) {
    test(`${why}: ${pattern.source}`, () => {
      const checked =
        pattern.source.includes("only") || pattern.source.includes("TODO") ? everything : production;
      const found = checked
        .filter((file) => !allowed(file.name) && file.name !== "tests/tidy.test.ts")
        .flatMap((file) =>
          file.lines
            .map((line, index) => ({ line, place: `${file.name}:${index + 1}` }))
            .filter(({ line }) => pattern.test(line.replace(/^\s*(\*|\/\/).*$/, "")))
            .map(({ line, place }) => `${place} ${line.trim()}`),
        );
      expect(found).toEqual([]);
    });
  }

  test("both READMEs and every page of docs name only files that exist", () => {
    const pages = read("{README.md,README.zh-CN.md,docs/*.md}");
    const missing = pages.flatMap((page) =>
      [
        ...page.text.matchAll(
          /`((?:src|workers|tests|bench|docs|migrations|templates)\/[A-Za-z0-9_./-]+\.[a-z]+)`/g,
        ),
      ]
        .map((match) => match[1] ?? "")
        .filter((name) => globSync(name, { cwd: root }).length === 0)
        .map((name) => `${page.name}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Tables whose rows are referred to and never deleted, so that a reference needs no index of its own. */
const NEVER_DELETED = new Set([
  "heating_seasons",
  "channels",
  "roll_imports",
  "ledger_accounts",
  "number_series",
  "accounting_days",
  "seal_streams",
  "working_calendars",
  "clock_rules",
  "pause_reasons",
]);

let db: TestDatabase;
const tables = new Set(
  read("migrations/*.sql").flatMap((file) =>
    [...file.text.matchAll(/create table (?:if not exists )?([a-z_]+)/g)].map((match) => match[1] ?? ""),
  ),
);
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

describe("schema", () => {
  test("every foreign key has an index that starts with its columns", async () => {
    const keys = await db.owner.sql.rows<{ place: string; target: string }>(
      `select c.conrelid::regclass || '(' || string_agg(a.attname, ', ' order by k.n) || ')' as place,
         c.confrelid::regclass::text as target
       from pg_constraint c
       cross join lateral unnest(c.conkey) with ordinality k (attnum, n)
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
       where c.contype = 'f' and c.connamespace = 'public'::regnamespace
         and not exists (select 1 from pg_index i where i.indrelid = c.conrelid
           and array(select unnest(i.indkey::int2[]) limit cardinality(c.conkey)) @> c.conkey)
       group by c.oid, c.conrelid, c.confrelid`,
    );
    expect(keys.filter((key) => !NEVER_DELETED.has(key.target)).map((key) => key.place)).toEqual([]);
  });

  test("no float, no naive timestamp; amounts are bigint and say their unit", async () => {
    const wrong = await db.owner.sql.rows<{ place: string }>(
      `select table_name || '.' || column_name || ' ' || data_type as place from information_schema.columns
       where table_schema = 'public' and (data_type in ('real', 'double precision', 'timestamp without time zone', 'money')
         or (column_name like '%\\_fen' and data_type <> 'bigint')
         or (column_name ~ '(^|_)(amount|total|balance|sum|price|area)$' and data_type <> 'jsonb'))`,
    );
    expect(wrong.map((row) => row.place)).toEqual([]);
  });

  test("what a trigger freezes is frozen by right as well", async () => {
    const frozen = await db.owner.sql.rows<{ place: string; may: boolean }>(
      `select tgrelid::regclass || ' ' || verb as place, has_table_privilege('nuan_app', tgrelid, verb) as may
       from pg_trigger, (values (16, 'update'), (8, 'delete'), (32, 'truncate')) verbs (bit, verb)
       where tgname like '%\\_frozen' and tgtype & bit > 0`,
    );
    expect(frozen.filter((row) => row.may)).toEqual([]);
    // The ledger, the audit and the seals over them: without these triggers the rule above would prove nothing.
    const places = frozen.map((row) => row.place);
    for (const table of [
      "audit_events",
      "seal_blocks",
      "postings",
      "transfers",
      "bill_lines",
      "allocations",
    ]) {
      expect(places).toEqual(
        expect.arrayContaining([`${table} update`, `${table} delete`, `${table} truncate`]),
      );
    }
  });

  test("a migration's number is its own", () => {
    // Both were applied under their names before this rule; what was applied is never renamed.
    const history = new Set(["0006-town-roll.sql"]);
    const names = read("migrations/*.sql").map((file) => path.basename(file.name));
    const numbers = names.filter((name) => !history.has(name)).map((name) => name.slice(0, 4));
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  });

  test("no enum or check lists what docs/postings.md does not", async () => {
    const documented = readFileSync(path.join(root, "docs/postings.md"), "utf8");
    const kinds = await db.owner.sql.rows<{ label: string }>(
      `select e.enumlabel as label from pg_enum e join pg_type t on t.oid = e.enumtypid
       where t.typname in ('posting_kind', 'ledger_code')`,
    );
    expect(kinds.map((kind) => kind.label).filter((label) => !documented.includes(`\`${label}\``))).toEqual(
      [],
    );
  });
});
