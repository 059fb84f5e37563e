/** The homes of a session: one more by its own proof, one less by a word. */
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { type Account, accountOfId } from "#src/town/accounts/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { removeBrowsersOf } from "./attempt-queries.ts";
import { type Proof, proveHome } from "./prove-home.ts";
import { endBinding, findBehind, upsertBinding } from "./session-queries.ts";
import { sessionIdOf } from "./sessions.ts";

/**
 * The account of a home that the session may look at.
 * @throws DomainError `home.not-found` also for everybody else's
 */
export const accessHome = async (sql: Sql, actor: Actor, homeId: bigint): Promise<Account> => {
  const isOwn = actor.scope.kind === "accounts" && actor.scope.accountIds.includes(homeId);
  const account = isOwn ? await accountOfId(sql, homeId) : null;
  return account ?? fail("home.not-found", "there is no such home among yours", { field: "homeId" });
};

/** @throws DomainError `household.phone-needed` for who came by card or receipt: that shows one home, and decides nothing */
export const requireMember = async (
  sql: Sql,
  actor: Actor,
  accountId: bigint | null,
): Promise<{ readonly memberId: bigint; readonly number: string; readonly personId: bigint | null }> => {
  const { memberId, number, personId } = await findBehind(sql, { sessionId: sessionIdOf(actor), accountId });
  if (memberId === null || number === null) {
    return fail("household.phone-needed", "this needs a sign-in by the registered telephone", {
      remedy:
        "sign in by a code to the telephone; have a wrong number corrected by the hotline or at a counter",
    });
  }
  return { memberId, number, personId };
};

/** Puts one more home beside the others of this telephone. @throws DomainError those of `proveHome`, `household.phone-needed` */
export const bindHome = async (
  platform: Platform,
  wish: {
    readonly actor: Actor;
    readonly proof: Proof;
    readonly remoteAddress: string;
    readonly browser: string | null;
    readonly requestId: string;
  },
): Promise<bigint> => {
  const { memberId } = await requireMember(platform.database.sql, wish.actor, null);
  return proveHome(platform, { ...wish, name: "household.bind-home" }, async (context, home) => {
    const { accountId, number } = home;
    const personId =
      home.personId ??
      fail("household.phone-needed", "nobody is registered at this home", {
        remedy: "have its people registered by the hotline or at a counter",
      });
    await upsertBinding(context.sql, { memberId, accountId, personId, number, now: context.now });
    const details = { memberId, proof: number === null ? "paper" : "code" };
    context.audit({ subject: `account:${accountId}`, details });
    return accountId;
  });
};

/** Takes a home away from this telephone. Repeating is safe. @throws DomainError `home.not-found`, `household.phone-needed` */
export const unbindHome = async (context: CommandContext, homeId: bigint): Promise<void> => {
  const account = await accessHome(context.sql, context.actor, homeId);
  const { memberId } = await requireMember(context.sql, context.actor, account.id);
  await removeBrowsersOf(context.sql, { memberId, accountId: account.id });
  await endBinding(context.sql, { memberId, accountId: account.id, now: context.now });
  context.audit({ subject: `account:${account.id}`, details: { memberId } });
};
