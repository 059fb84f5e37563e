/** The table of statuses lists every code that the sources raise, and no other. */
import { expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { STATUSES } from "#src/http/statuses.ts";
import { production } from "./sources.ts";

/** `fail`, an error of ours, and the two makers of a bank file's problems whose code is thrown later. */
const RAISED = /(?:\b(?:fail|refuse|ofStatement|problem)|new [A-Z]\w*(?:Error|Refused))\(\s*"([a-z.-]+)"/g;
/** `{ code: "database.full" }` in a table of causes. Channels have codes too: theirs have no dot. */
const TABLED = /\bcode: "([a-z-]+\.[a-z-]+)"/g;

/** Where a table file is read, the caller says whose refusals they are. */
const OF_A_TABLE_FILE = /`\$\{(?:file\.)?refusals\}\.([a-z-]+)`/g;
const TABLE_FILES = /\brefusals: "([a-z-]+)"/g;

/** Codes that are chosen before they are raised: by purpose of a proof, by what a login waits for. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  "src/office/staff/prove-identity.ts": [
    "session.refused",
    "password.refused",
    "approval.approver-refused",
    "session.code-refused",
    "session.step-up-refused",
  ],
};

/** The defect's code goes out without ever being a `DomainError`; the edge names its own by a constructor. */
const NEVER_THROWN = ["internal", "request.invalid"];

const found = (pattern: RegExp): string[] =>
  production.flatMap((file) => [...file.text.matchAll(pattern)].map((match) => must(match[1], "a group")));

const raised = (): Set<string> => {
  const suffixes = found(OF_A_TABLE_FILE);
  return new Set([
    ...found(RAISED),
    ...found(TABLED),
    ...Object.values(CHOSEN).flat(),
    ...NEVER_THROWN,
    ...found(TABLE_FILES).flatMap((owner) => suffixes.map((suffix) => `${owner}.${suffix}`)),
    // `session.${actor.pending}-expected`, and what waits is one of these two.
    "session.password-expected",
    "session.second-factor-expected",
  ]);
};

test("every code that is raised has a status, and every status a code that is raised", () => {
  const codes = raised();
  const missing = [...codes].filter((code) => STATUSES[code] === undefined).sort();
  const idle = Object.keys(STATUSES).filter((code) => !codes.has(code));
  expect({ missing, idle }).toEqual({ missing: [], idle: [] });
});

test("the chosen codes stand in their files", () => {
  const absent = Object.entries(CHOSEN).flatMap(([name, codes]) => {
    const text = must(
      production.find((file) => file.name === name),
      name,
    ).text;
    return codes.filter((code) => !text.includes(`"${code}"`));
  });
  expect(absent).toEqual([]);
});

test("the table is sorted within each status", () => {
  const codes = Object.entries(STATUSES);
  const sorted = codes.toSorted(([a, left], [b, right]) => left - right || (a < b ? -1 : 1));
  expect(codes).toEqual(sorted);
});
