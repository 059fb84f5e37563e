/** The SQL routines write their own room's tables, and of other rooms' only what is listed here. */
import path from "node:path";
import { expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { production, read, withoutComments } from "./sources.ts";

/** The first word of a routine's file says whose it is. */
const ROOM_OF_PREFIX: Readonly<Record<string, string>> = {
  bank: "bank/reconciliation",
  billing: "money/billing",
  collection: "money/collection",
  cutover: "cutover",
  grant: "platform",
};

/** Tables that a routine may write besides those of its own room. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  // What every posting is made of: one flight writes the posting, its transfers and the household's balance.
  postings: ["billing", "collection", "bank", "cutover"],
  transfers: ["billing", "collection", "bank", "cutover"],
  household_balances: ["billing", "collection", "bank", "cutover"],
  // What money does to a bill: who pays it says so, in `paid_fen` only (below), and keeps by which rule.
  bills: ["billing", "collection", "bank", "cutover"],
  allocations: ["collection", "bank"],
  // A line of a bank's file is a payment, a reversal of one takes back its receipt.
  payments: ["collection", "bank"],
  // The counter payment's short twin leaves its traces and its answer in the same flight.
  audit_events: ["collection"],
  idempotency_keys: ["collection"],
  outbox_events: ["collection"],
  // Moving in: opening bills, money of nobody known, and accounts that only the old system's debts name, with a place
  // in the network to hang them on, and the states that they come with.
  bill_lines: ["billing", "cutover"],
  suspense_items: ["bank", "cutover"],
  heat_sources: ["cutover"],
  stations: ["cutover"],
  loops: ["cutover"],
  communities: ["cutover"],
  buildings: ["cutover"],
  units: ["cutover"],
  premises: ["cutover"],
  heat_accounts: ["cutover"],
  charge_points: ["cutover"],
  state_changes: ["cutover"],
};

const tables = new Set(
  read("migrations/*.sql").flatMap((file) =>
    [...file.text.matchAll(/create table (?:if not exists )?([a-z_]+)/g)].map((match) => match[1] ?? ""),
  ),
);
const written = (text: string): Set<string> =>
  new Set(
    [
      ...withoutComments(text).matchAll(
        /\b(?:insert\s+into|update(?!\s+set\b)|delete\s+from)\s+([a-z_]+)(?=[\s(])/g,
      ),
    ]
      .map((match) => match[1] ?? "")
      .filter((table) => tables.has(table)),
  );

const routines = read("migrations/routines/*.sql").map((file) => ({
  ...file,
  prefix: must(path.basename(file.name).split("-")[0], "a first word"),
}));

/** The rooms whose TypeScript writes a table. The story and the seed of a demo write a whole town; they own nothing. */
const owners = new Map<string, Set<string>>();
for (const file of production) {
  const room = Object.values(ROOM_OF_PREFIX).find((one) => file.name.startsWith(`src/${one}/`));
  const other = /^src\/(?:demo|cli)\//.test(file.name)
    ? undefined
    : file.name.split("/").slice(1, 3).join("/");
  const owner = room ?? other;
  if (owner === undefined) continue;
  for (const table of written(file.text)) owners.set(table, (owners.get(table) ?? new Set()).add(owner));
}

test("every routine's file says whose it is", () => {
  const homeless = routines.filter((file) => ROOM_OF_PREFIX[file.prefix] === undefined);
  expect(homeless.map((file) => file.name)).toEqual([]);
});

test("a routine writes its own room's tables and what is shared by name", () => {
  const writers = new Map<string, Set<string>>();
  for (const { prefix, text } of routines) {
    for (const table of written(text)) writers.set(table, (writers.get(table) ?? new Set()).add(prefix));
  }
  const breaches: string[] = [];
  for (const [table, prefixes] of writers) {
    const allowed = SHARED[table];
    for (const prefix of prefixes) {
      const room = must(ROOM_OF_PREFIX[prefix], prefix);
      const isForeign = [...(owners.get(table) ?? [])].some((owner) => owner !== room) || prefixes.size > 1;
      if (isForeign && !allowed?.includes(prefix)) breaches.push(`${prefix} writes ${table}`);
    }
    for (const prefix of allowed ?? []) {
      if (!prefixes.has(prefix)) breaches.push(`${prefix} no longer writes ${table}`);
    }
  }
  breaches.push(...Object.keys(SHARED).filter((table) => !writers.has(table)));
  expect(breaches).toEqual([]);
});

test("who takes money changes of a bill only what is paid of it", () => {
  const columns = routines
    .filter((file) => file.prefix === "collection" || file.prefix === "bank")
    .flatMap((file) =>
      [
        ...withoutComments(file.text).matchAll(/\bupdate\s+bills\b[^;]*?\bset\b([^;]*?)\b(?:from|where)\b/g),
      ].flatMap((match) =>
        [...(match[1] ?? "").matchAll(/(?:^|,)\s*(\w+)\s*=/g)].map((one) => `${file.name} ${one[1]}`),
      ),
    );
  expect(columns.length).toBeGreaterThan(4);
  expect(columns.filter((column) => !column.endsWith(" paid_fen"))).toEqual([]);
});
