/** The rules of routing that people argue about, line by line: `routing-roles.txt`, `routing-causes.txt`, `routing-chain.txt`. */
import { describe, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { chooseRole, type PrecedentRow, type ResponsibilityRow } from "#src/service/routing/choose-role.ts";
import { decideRole, type RouteCause } from "#src/service/routing/decide.ts";
import type { CaseFacts } from "#src/service/routing/facts-queries.ts";
import type { Boundary, Level, RoutingStep } from "#src/service/routing/vocabulary.ts";
import { type Candidate, walkChain } from "#src/service/routing/walk-chain.ts";
import { readTextTable } from "./rows.ts";

const rowOf = (text: string): ResponsibilityRow => {
  const [key, role] = text.split("=");
  const [category, boundary, level] = must(key, "a key").split("/");
  return {
    category: must(category, "a category"),
    boundary: must(boundary, "a boundary") as ResponsibilityRow["boundary"],
    level: must(level, "a level") as ResponsibilityRow["level"],
    role: must(role, "a role"),
  };
};
const parts = (cell: string): string[] => (cell === "" ? [] : cell.split(",").map((part) => part.trim()));

const precedentOf = (text: string, index: number): PrecedentRow => {
  const [scope, rest] = text.split("=");
  const [role, level] = must(rest, "a role").split("@");
  return {
    id: BigInt(index + 1),
    scope: scope as PrecedentRow["scope"],
    role: must(role, "a role"),
    level: level as Level,
  };
};

describe("which role has a case", () => {
  test.each(readTextTable("routing-roles.txt", 5))("$proves", ({ cells }) => {
    const [asked, rows, precedents, expected] = cells;
    const [category, boundary, level] = must(asked, "a case").split("/");
    const found = chooseRole(
      { category: must(category, "a category"), boundary: boundary as Boundary, level: level as Level },
      rows === "-" ? null : parts(must(rows, "rows")).map(rowOf),
      parts(must(precedents, "precedents")).map(precedentOf),
    );
    expect(`${found.role} ${found.level} ${found.rule}`).toBe(expected);
  });

  test("the order of rows in the table changes nothing", () => {
    for (const { cells } of readTextTable("routing-roles.txt", 5)) {
      if (cells[1] === "-") continue;
      const [category, boundary, level] = must(cells[0], "a case").split("/");
      const asked = {
        category: must(category, "one"),
        boundary: boundary as Boundary,
        level: level as Level,
      };
      const rows = parts(must(cells[1], "rows")).map(rowOf);
      expect(chooseRole(asked, rows.toReversed(), [])).toEqual(chooseRole(asked, rows, []));
    }
  });
});

const TABLE: readonly ResponsibilityRow[] = [
  "*/ours/*=area-manager",
  "*/property-firm/*=property-desk",
  "*/ours/company=head-office",
].map(rowOf);

const factsOf = (words: string, now: string): CaseFacts => {
  const [role, level] = now === "-" ? [null, null] : now.split("@");
  const had = /had=(\d+)/.exec(words)?.[1];
  return {
    ticketId: 1n,
    ticketNo: "17",
    category: "heat.not-hot",
    state: "new",
    ownerId: null,
    returnCount: 0,
    reopenCount: 0,
    startLevel: (/start=(\w+)/.exec(words)?.[1] ?? "area") as Level,
    buildingId: 1n,
    communityId: 1n,
    stationId: 1n,
    boundary: words.includes("property-firm") ? "property-firm" : "ours",
    stationName: "站",
    firmName: null,
    firmPhone: null,
    takenOverOn: null,
    areaId: 1n,
    branchId: 2n,
    companyId: 3n,
    lastRole: role ?? null,
    lastLevel: (level ?? null) as Level | null,
    workRole: role ?? null,
    workLevel: (level ?? null) as Level | null,
    workStaffId: had === undefined ? null : BigInt(had),
  };
};

const idAfter = (words: string, word: string): bigint | null => {
  const found = new RegExp(`\\b${word} (\\d+)`).exec(words)?.[1];
  return found === undefined ? null : BigInt(found);
};

const causeOf = (words: string, facts: CaseFacts): RouteCause => {
  const [cause, second] = words.split(" ");
  if (cause === "returned") {
    const sendsTo = />([a-z-]*)/.exec(words)?.[1] ?? "";
    return {
      cause,
      number: Number(second),
      sendsTo: sendsTo === "" ? null : sendsTo,
      role: facts.lastRole,
      level: facts.lastLevel,
      staffId: idAfter(words, "by"),
    };
  }
  if (cause === "ruled") {
    const [role, level] = must(second, "a ruling").split("@");
    return { cause, role: must(role, "a role"), level: level as Level, precedentId: null };
  }
  if (cause === "ladder") {
    const [role, level] = must(second, "a role").split("@");
    if (level === undefined) return { cause, role: null, level: null };
    return { cause, role: must(role, "a role"), level: level as Level };
  }
  if (cause === "reassigned") {
    return { cause, fromStaffId: must(idAfter(words, "from"), "whose"), toStaffId: idAfter(words, "to") };
  }
  if (cause === "corrected") {
    return { cause, level: (/\bat=([a-z]+)/.exec(words)?.[1] ?? null) as Level | null };
  }
  return { cause: cause as "opened" };
};

describe("where a cause sends a case", () => {
  test.each(readTextTable("routing-causes.txt", 4))("$proves", ({ cells }) => {
    const [words, now, expected] = cells.map((cell) => must(cell, "a cell"));
    const facts = factsOf(must(words, "a cause"), must(now, "the case"));
    const found = decideRole(facts, causeOf(must(words, "a cause"), facts), { rows: TABLE, precedents: [] });
    const not = found.excluded.map((id) => ` not ${id}`).join("");
    const to = found.preferred === null ? "" : ` to ${found.preferred}`;
    expect(`${found.role} ${found.level} ${found.rule}${not}${to}`).toBe(expected);
  });
});

const STEPS: readonly RoutingStep[] = [
  { position: 1, source: "duty", duty: "manager", heedsCapacity: true },
  { position: 2, source: "duty", duty: "deputy", heedsCapacity: true },
  { position: 3, source: "duty", duty: "chief", heedsCapacity: true },
  { position: 4, source: "station", duty: null, heedsCapacity: true },
  { position: 5, source: "head-office", duty: null, heedsCapacity: false },
];
const POSITIONS: Readonly<Record<string, number>> = { m: 1, d: 2, c: 3, s: 4, h: 5 };

const candidateOf = (text: string): Candidate => {
  const [, step, id, open, limit] = must(/^(\w):(\d+) (\d+)\/(\d+)/.exec(text), text);
  const last = /@(\S+)/.exec(text)?.[1];
  return {
    position: must(POSITIONS[must(step, "a step")], "a step"),
    staffId: BigInt(must(id, "an id")),
    disabled: text.includes("disabled"),
    onLeave: text.includes("away"),
    openCount: Number(open),
    openLimit: Number(limit),
    lastAssignedAt: last === undefined ? null : new Date(`2026-11-23T${last}:00+08:00`),
  };
};

describe("who of a role gets a case", () => {
  test.each(readTextTable("routing-chain.txt", 4))("$proves", ({ cells }) => {
    const [people, taker, chain] = cells;
    const named = parts(must(people, "people"));
    const excluded = named
      .filter((text) => text.includes("excluded"))
      .map((text) => candidateOf(text).staffId);
    const walk = walkChain(STEPS, named.map(candidateOf), new Set(excluded));
    expect(String(walk.staffId ?? "-")).toBe(taker);
    const told = walk.chain.map((link) => {
      const load = link.openLimit === undefined ? "" : ` ${link.openCount}/${link.openLimit}`;
      return `${link.step} ${link.staffId ?? "-"} ${link.outcome}${load}`;
    });
    expect(told.join(", ")).toBe(chain);
  });

  test("whoever is looked at stands in the chain once, whatever the order in which they were read", () => {
    for (const { cells } of readTextTable("routing-chain.txt", 4)) {
      const candidates = parts(must(cells[0], "people")).map(candidateOf);
      expect(walkChain(STEPS, candidates.toReversed())).toEqual(walkChain(STEPS, candidates));
    }
  });
});
