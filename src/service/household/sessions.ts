/**
 * Sessions of the household's page: idle 30 minutes, 12 hours at most, a new reference at every sign-in. Which homes it may look at is
 * read at every request, so that a home that was sold, a number that is wrong, a binding that was ended is out of sight at once.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { newSecret } from "#src/kernel/ids.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { digestOfReference } from "./digests.ts";
import { IDLE_MINUTES, LONGEST_HOURS } from "./policy.ts";
import { type Proof, proveHome, type ProvenHome } from "./prove-home.ts";
import {
  endSession,
  findLiveSession,
  insertSession,
  memberOf,
  touchSession,
  upsertBinding,
} from "./session-queries.ts";
import { visitor } from "./visitor.ts";

/** The household behind a reference, or null. One digest and one statement. */
export const authenticateHousehold = async (
  platform: Pick<Platform, "database" | "clock">,
  reference: string,
): Promise<Actor | null> => {
  if (!/^[\w-]{32}$/.test(reference)) return null;
  const now = platform.clock.now();
  const row = await findLiveSession(platform.database.sql, {
    referenceHash: digestOfReference(reference),
    now,
    day: dayOfInstant(now),
    idleMinutes: IDLE_MINUTES,
  });
  if (row === null) return null;
  if (row.stale) await touchSession(platform.database.sql, { id: row.id, now });
  return {
    kind: "household",
    id: row.id,
    name: "household",
    roles: ["household"],
    scope: { kind: "accounts", accountIds: row.accountIds },
  };
};

/** The session of an actor whom `authenticateHousehold` made. */
export const sessionIdOf = (actor: Actor): bigint => must(actor.id, "the session of a household");

const openSession = async (context: CommandContext, home: ProvenHome): Promise<string> => {
  const { sql, now } = context;
  const { accountId, personId, number } = home;
  const memberId = number === null ? null : await memberOf(sql, { number, now });
  if (memberId !== null) {
    const bound = { memberId, accountId, personId: must(personId, "whose number it is"), number, now };
    await upsertBinding(sql, bound);
  }
  const reference = newSecret();
  const { id } = await insertSession(sql, {
    memberId,
    accountId: memberId === null ? accountId : null,
    personId: memberId === null ? personId : null,
    referenceHash: digestOfReference(reference),
    now,
    expiresAt: new Date(now.getTime() + LONGEST_HOURS * 3_600_000),
  });
  const details = { accountId, proof: number === null ? "paper" : "code" };
  context.audit({ subject: `household-session:${id}`, details });
  return reference;
};

/** Signs in by a proof; answers the reference, which is nowhere else. @throws DomainError those of `proveHome` */
export const signIn = (
  platform: Platform,
  wish: {
    readonly proof: Proof;
    readonly remoteAddress: string;
    readonly browser: string | null;
    readonly requestId: string;
  },
): Promise<string> =>
  proveHome(platform, { ...wish, name: "household.sign-in", actor: visitor }, openSession);

/** Signs out. Repeating is safe. */
export const signOut = async (context: CommandContext): Promise<void> => {
  const id = sessionIdOf(context.actor);
  await endSession(context.sql, { id, now: context.now });
  context.audit({ subject: `household-session:${id}` });
};
