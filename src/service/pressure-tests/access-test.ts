/** The doors to a round and to a test. Every load on a person's behalf goes through them. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findRoundInScope, findTestInScope, lockTestInScope } from "./queries.ts";
import type { Round, Test } from "./schema.ts";

const notFound = (): never =>
  fail("pressure-test.not-found", "there is no test with this number", { field: "id" });

/** @throws DomainError `pressure-test.not-found` also for what lies outside the scope: it does not exist for this actor */
export const accessTest = async (sql: Sql, actor: Actor, id: bigint, day: Day): Promise<Test> =>
  (await findTestInScope(sql, id, scopeBindings(actor.scope, day))) ?? notFound();

/**
 * A round that has a test in the actor's areas; its other tests stay unseen.
 * @throws DomainError `pressure-round.not-found`
 */
export const accessRound = async (sql: Sql, actor: Actor, id: bigint, day: Day): Promise<Round> =>
  (await findRoundInScope(sql, id, scopeBindings(actor.scope, day))) ??
  fail("pressure-round.not-found", "there is no such round of tests", { field: "id" });

/**
 * Loads a test to change it, under its row's lock, as it is now.
 * @throws DomainError `pressure-test.not-found`, `version.stale` with what the other has made of it
 */
export const beginTestChange = async (
  context: CommandContext,
  id: bigint,
  version: number | undefined,
): Promise<Test> => {
  const { sql, actor, today } = context;
  const test = (await lockTestInScope(sql, id, scopeBindings(actor.scope, today))) ?? notFound();
  if (version !== undefined && test.version !== version) {
    fail("version.stale", "somebody changed this test meanwhile", {
      field: "If-Match",
      remedy: "read it again and repeat the change if it still makes sense",
      facts: { expected: version, version: test.version, state: test.state, windowNo: test.windowNo },
    });
  }
  return test;
};
