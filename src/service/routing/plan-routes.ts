/**
 * Decides for any number of cases in a few statements, each by the same pure rules, and writes nothing. What each cause does
 * stands in `decide.ts`, who is asked in `walk-chain.ts`.
 */
import type { Words } from "#src/kernel/words.ts";
import { must } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { PrecedentRow, ResponsibilityRow } from "./choose-role.ts";
import { type Decision, decideRole, type RouteCause } from "./decide.ts";
import {
  type AskedRole,
  type CaseFacts,
  findCandidates,
  findCaseFacts,
  findLiveTable,
  findPrecedentsOf,
  findRoles,
  lockAreasOfCases,
  type RoleFacts,
} from "./facts-queries.ts";
import { findRoutedBefore } from "./queries.ts";
import { HEAD_OFFICE, type Level } from "./vocabulary.ts";
import { type Candidate, type Walk, walkChain } from "./walk-chain.ts";

export type WantedRoute = {
  readonly ticketId: bigint;
  readonly cause: RouteCause;
  /** The same key routes a case once: `opened`, `returned:2`, `reassignment:7`. */
  readonly causeKey: string;
  readonly reason?: string | undefined;
  /** The same in English, where the program or a setting has it; what a person wrote stays as it is. */
  readonly reasonEn?: string | undefined;
  /** What the timeline says where the reason is a code of a list. */
  readonly said?: Words | undefined;
  readonly reassignmentId?: bigint | undefined;
};

/** What would be done, before anything is written. */
export type PlannedRoute = {
  readonly wanted: WantedRoute;
  readonly facts: CaseFacts;
  readonly decision: Decision;
  readonly walk: Walk;
  readonly role: RoleFacts;
  readonly areaId: bigint | null;
  readonly tableId: bigint | null;
};

const ROUTABLE = new Set(["new", "assigned", "accepted", "working", "waiting", "resolved"]);

const areaAt = (facts: CaseFacts, level: Level): bigint | null =>
  ({ area: facts.areaId, branch: facts.branchId, company: facts.companyId })[level];

const askedRole = (facts: CaseFacts, role: string, level: Level): AskedRole => ({
  key: [role, areaAt(facts, level) ?? "", facts.companyId ?? "", facts.stationId ?? ""].join(" "),
  role,
  areaId: areaAt(facts, level),
  companyId: facts.companyId,
  stationId: facts.stationId,
});

const byKey = <T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
};

/** People with what they got in this very batch added to their load. */
class Bench {
  readonly #candidates: Map<string, (Candidate & { readonly key: string })[]>;
  readonly #given = new Map<bigint, number>();
  readonly #now: Date;

  constructor(candidates: readonly (Candidate & { readonly key: string })[], now: Date) {
    this.#candidates = byKey(candidates, (row) => row.key);
    this.#now = now;
  }

  at(key: string): Candidate[] {
    return (this.#candidates.get(key) ?? []).map((candidate) => {
      const given = this.#given.get(candidate.staffId) ?? 0;
      if (given === 0) return candidate;
      return { ...candidate, openCount: candidate.openCount + given, lastAssignedAt: this.#now };
    });
  }

  give(staffId: bigint): void {
    this.#given.set(staffId, (this.#given.get(staffId) ?? 0) + 1);
  }
}

/** A person named in the command, or whoever had a reopened case and is here. */
const walkToPreferred = (
  cause: RouteCause,
  preferred: bigint | null,
  candidates: readonly Candidate[],
): Walk | null => {
  if (preferred === null) return null;
  if (cause.cause !== "reassigned") {
    const there = candidates.find((candidate) => candidate.staffId === preferred);
    if (there === undefined || there.disabled || there.onLeave) return null;
  }
  const step = cause.cause === "reassigned" ? "named" : "had-it";
  return {
    staffId: preferred,
    position: 0,
    chain: [{ position: 0, step, staffId: preferred, outcome: "taken" }],
  };
};

type Deciding = { readonly wanted: WantedRoute; readonly facts: CaseFacts; readonly decision: Decision };

/** What deciding reads with: a command's context, or a moment of a page. */
export type Asking = Pick<CommandContext, "sql" | "now" | "today">;

const knowTable = async (context: Asking, facts: readonly CaseFacts[]) => {
  const categories = new Set(["*"]);
  for (const { category } of facts) {
    categories.add(category);
    categories.add(category.split(".")[0] ?? category);
  }
  const [live, precedents] = await Promise.all([
    findLiveTable(context.sql, { at: context.now, categories: [...categories] }),
    findPrecedentsOf(context.sql, facts),
  ]);
  return { live, precedents: byKey<PrecedentRow & { key: bigint }>(precedents, (row) => String(row.key)) };
};

/** Everybody who could be asked, head office last for every case. */
const callUp = async (context: Asking, deciding: readonly Deciding[]) => {
  const asked = new Map<string, AskedRole>();
  for (const { facts, decision } of deciding) {
    for (const one of [
      askedRole(facts, decision.role, decision.level),
      askedRole(facts, HEAD_OFFICE, "company"),
    ]) {
      asked.set(one.key, one);
    }
  }
  const names = [...new Set([HEAD_OFFICE, ...deciding.map(({ decision }) => decision.role)])];
  const [roles, candidates] = await Promise.all([
    findRoles(context.sql, names),
    findCandidates(context.sql, [...asked.values()], context.today),
  ]);
  return {
    roles: new Map(roles.map((role) => [role.role, role])),
    bench: new Bench(candidates, context.now),
  };
};

const walkFor = (
  { wanted, facts, decision }: Deciding,
  roles: ReadonlyMap<string, RoleFacts>,
  bench: Bench,
): Walk => {
  const role = must(roles.get(decision.role), "the role of a row");
  const candidates = bench.at(askedRole(facts, decision.role, decision.level).key);
  const excluded = new Set(decision.excluded);
  const walk =
    walkToPreferred(wanted.cause, decision.preferred, candidates) ??
    walkChain(role.steps, candidates, excluded);
  if (walk.staffId !== null || decision.role === HEAD_OFFICE) return walk;
  const headOffice = must(roles.get(HEAD_OFFICE), "head office");
  const last = walkChain(
    headOffice.steps,
    bench.at(askedRole(facts, HEAD_OFFICE, "company").key),
    new Set(excluded),
  );
  return { ...last, chain: [...walk.chain, ...last.chain] };
};

/** With nobody left at all it lies on the list of head office. */
const lyingWith = (
  { facts, decision }: Deciding,
  walk: Walk,
  roles: ReadonlyMap<string, RoleFacts>,
): Pick<PlannedRoute, "role" | "areaId"> => {
  const role = must(roles.get(walk.staffId === null ? HEAD_OFFICE : decision.role), "the role of a row");
  return { role, areaId: role.desk ? facts.companyId : areaAt(facts, decision.level) };
};

/** Whose a case would be, and the chain that leads there. */
export type SupposedRoute = Pick<PlannedRoute, "decision" | "walk" | "role" | "areaId" | "tableId">;

/** Decides for one case that nobody has opened; reads only, and waits for nobody. `rows`: of a draft instead of the live table. */
export const supposeRoute = async (
  context: Asking,
  facts: CaseFacts,
  draft: { readonly tableId: bigint; readonly rows: readonly ResponsibilityRow[] } | null,
): Promise<SupposedRoute> => {
  const { live, precedents } = await knowTable(context, [facts]);
  const table = draft ?? live;
  const cause = { cause: "opened" } as const;
  const decision = decideRole(facts, cause, {
    rows: table?.rows ?? null,
    precedents: precedents.get(String(facts.ticketId)) ?? [],
  });
  const one = { wanted: { ticketId: facts.ticketId, cause, causeKey: "" }, facts, decision };
  const { roles, bench } = await callUp(context, [one]);
  const walk = walkFor(one, roles, bench);
  return { decision, walk, tableId: table?.tableId ?? null, ...lyingWith(one, walk, roles) };
};

/** Somebody of a role at a level, near a case: whom a ladder tells. */
export type AskedPerson = { readonly ticketId: bigint; readonly role: string; readonly level: Level };

/** Who of the role would be asked for each, in order; reads only. Null for a case that is not there. */
export const findPeopleFor = async (
  context: CommandContext,
  asked: readonly AskedPerson[],
): Promise<(Walk | null)[]> => {
  const ticketIds = asked.map((one) => one.ticketId);
  const found = await findCaseFacts(context.sql, { ticketIds, day: context.today });
  const factsOf = new Map(found.map((facts) => [facts.ticketId, facts]));
  const deciding = asked.map(({ ticketId, role, level }): Deciding | null => {
    const facts = factsOf.get(ticketId);
    if (facts === undefined) return null;
    const decision = { role, level, rule: "kept", precedentId: null, excluded: [], preferred: null } as const;
    return { wanted: { ticketId, cause: { cause: "ladder", role, level }, causeKey: "" }, facts, decision };
  });
  const known = deciding.filter((one) => one !== null);
  const { roles, bench } = await callUp(context, known);
  return deciding.map((one) => (one === null ? null : walkFor(one, roles, bench)));
};

/**
 * Decides without writing. Waits for whoever gives out cases of the same areas. Cases that are closed, merged or were
 * routed for this cause are left out.
 */
export const planRoutes = async (
  context: CommandContext,
  all: readonly WantedRoute[],
): Promise<PlannedRoute[]> => {
  const { sql, today } = context;
  const ticketIds = all.map((one) => one.ticketId);
  const [, found, before] = await Promise.all([
    lockAreasOfCases(sql, { ticketIds, day: today }),
    findCaseFacts(sql, { ticketIds, day: today }),
    findRoutedBefore(sql, { ticketIds, causeKeys: all.map((one) => one.causeKey) }),
  ]);
  const done = new Set(before.map((row) => `${row.ticketId} ${row.causeKey}`));
  const factsOf = new Map(found.map((facts) => [facts.ticketId, facts]));
  const open = all.flatMap((wanted) => {
    const facts = factsOf.get(wanted.ticketId);
    if (facts === undefined || !ROUTABLE.has(facts.state)) return [];
    return done.has(`${wanted.ticketId} ${wanted.causeKey}`) ? [] : [{ wanted, facts }];
  });
  if (open.length === 0) return [];
  const { live, precedents } = await knowTable(
    context,
    open.map(({ facts }) => facts),
  );
  const deciding = open.map(({ wanted, facts }) => ({
    wanted,
    facts,
    decision: decideRole(facts, wanted.cause, {
      rows: live?.rows ?? null,
      precedents: precedents.get(String(facts.ticketId)) ?? [],
    }),
  }));
  const { roles, bench } = await callUp(context, deciding);
  return deciding.map((one) => {
    const walk = walkFor(one, roles, bench);
    if (walk.staffId !== null) bench.give(walk.staffId);
    return { ...one, walk, ...lyingWith(one, walk, roles), tableId: live?.tableId ?? null };
  });
};
