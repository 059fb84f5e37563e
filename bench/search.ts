/**
 * The search box on an invented town of the size asked for: every way to find a household, by people who see everything, a
 * branch and one area. Texts are drawn from the town's own rows, common ones on purpose. p95 of each way, the slowest
 * scope; nothing else runs on the database, and every text is asked for once before it counts.
 */
import pg from "pg";
import { dayOfInstant } from "#src/kernel/day.ts";
import { systemActor, type Actor } from "#src/platform/actor.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { searchTown } from "#src/town/accounts/index.ts";
import { startServer } from "#tests/support/server.ts";
import { type Figure, percentile, rounded } from "./support/figure.ts";
import { nuan } from "./support/stage.ts";

const TARGET_MS = 100;
const SAMPLES = 100;

/** A query of one column `q`, so many of them; each kind of search with what people type for it. */
const KINDS: readonly (readonly [string, string])[] = [
  ["name", "select name as q from people where kind = 'person' order by hashint8(id) limit :n"],
  [
    "surname (one character)",
    "select distinct left(name, 1) as q from people where kind = 'person' limit :n",
  ],
  [
    "two characters of a name",
    "select right(name, 2) as q from people where kind = 'person' and length(name) > 2 order by hashint8(id) limit :n",
  ],
  [
    "full pinyin",
    "select substr(term, 2) as q from search_terms where term like 'p%' order by hashint8(account_id) limit :n",
  ],
  [
    "beginning of pinyin",
    "select substr(term, 2, 5) as q from search_terms where term like 'p%' order by hashint8(account_id) limit :n",
  ],
  [
    "common beginnings of pinyin",
    "select * from unnest(array['wa','wang','zh','zhang','li','liu','ch','chen','ya','ji']) q",
  ],
  [
    "initials",
    "select substr(term, 2, 3) as q from search_terms where term like 'i%' order by hashint8(account_id) limit :n",
  ],
  ["common initials", "select * from unnest(array['zj','lj','wj','zy','lx','wy','zw','xh','yh','wx']) q"],
  [
    "last four digits of a phone",
    "select right(number, 4) as q from person_phones order by hashtext(number) limit :n",
  ],
  [
    "phone",
    "select replace(split_part(number, ';', 1), '+86', '') as q from person_phones order by hashtext(number) limit :n",
  ],
  ["account number", "select account_no as q from heat_accounts order by hashint8(id) limit :n"],
  [
    "beginning of an account number",
    "select left(account_no, 5) as q from heat_accounts order by hashint8(id) limit :n",
  ],
  ["beginning that all cards share", "select '9010' as q union all select '2000' union all select 'dk10'"],
  ["other number", "select value as q from account_aliases order by hashtext(value) limit :n"],
  [
    "community, building, door",
    `select community.name || ' ' || building.name || ' ' || premises.door as q
     from premises join buildings building on building.id = premises.building_id
     join communities community on community.id = building.community_id order by hashint8(premises.id) limit :n`,
  ],
  ["community", "select name as q from communities order by hashint8(id) limit :n"],
  [
    "two common characters (花园, 书香)",
    "select * from unnest(array['花园','小区','家园','书香','国际','公馆','伟','建国']) q",
  ],
];

const prepare = async (
  serverUrl: string,
  households: number,
  say: (text: string) => void,
): Promise<Database> => {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query("create database bench_search encoding 'UTF8' template template0");
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = "/bench_search";
  await nuan(url.toString(), ["db", "migrate"]);
  const seeded = await nuan(url.toString(), [
    "demo",
    "seed",
    "--households",
    String(households),
    "--yes-demo",
  ]);
  say(`search: a town of ${households} in ${Math.round(seeded.ms / 1000)} s`);
  const database = connect(url.toString(), { poolSize: 4, bulkPoolSize: 1 });
  await database.withBulkClient(async (bulk) => bulk.query("vacuum analyze"));
  return database;
};

type Looker = { readonly name: string; readonly actor: Actor };

/** Everybody, the smallest branch and the smallest area that have homes. */
const lookersOf = async (database: Database): Promise<Looker[]> => {
  const areas = await database.sql.rows<{ level: string; ids: bigint[] }>(
    `select distinct on (area.level) area.level, served.ids
     from service_areas area
     cross join lateral (
       select array_agg(distinct below.id) as ids, count(*) as buildings
       from service_areas below join service_area_buildings served on served.area_id = below.id
       where below.id = area.id or below.parent_id = area.id
     ) served
     where area.level in ('branch', 'area') and served.ids is not null
     order by area.level, served.buildings, area.id`,
  );
  const everybody = systemActor("bench");
  return [
    { name: "everything", actor: everybody },
    ...areas.map(({ level, ids }) => ({
      name: level,
      actor: { ...everybody, scope: { kind: "areas" as const, areaIds: ids } },
    })),
  ];
};

const measure = async (
  database: Database,
  actor: Actor,
  texts: readonly string[],
  rounds: number,
): Promise<number[]> => {
  const today = dayOfInstant(systemClock.now());
  const ms: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    for (const text of texts) {
      const started = monotonicMs();
      await searchTown(database.sql, actor, today, text, 20);
      if (round > 0) ms.push(monotonicMs() - started);
    }
  }
  return ms;
};

export const measureSearch = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const server = await startServer();
  try {
    const database = await prepare(server.url, households, say);
    const lookers = await lookersOf(database);
    const figures: Figure[] = [];
    for (const [kind, statement] of KINDS) {
      const rows = await database.sql.rows<{ q: string }>(
        statement,
        statement.includes(":n") ? { n: SAMPLES } : {},
      );
      const texts = rows.map((row) => row.q);
      const p95: { readonly name: string; readonly ms: number }[] = [];
      for (const { name, actor } of lookers) {
        p95.push({ name, ms: percentile(await measure(database, actor, texts, rounds), 0.95) });
      }
      const worst = Math.max(...p95.map(({ ms }) => ms));
      say(`search by ${kind}: ${p95.map(({ name, ms }) => `${name} ${rounded(ms)} ms`).join(", ")}`);
      figures.push({
        name: `search by ${kind}, ${households} households, p95`,
        measured: worst,
        limit: null,
        unit: "ms",
        ratio: null,
        peakMiB: null,
        target: `<= ${TARGET_MS}`,
        ok: worst <= TARGET_MS,
        note: p95.map(({ name, ms }) => `${name} ${rounded(ms)}`).join(", "),
      });
    }
    await database.close();
    return figures;
  } finally {
    await server.stop();
  }
};
