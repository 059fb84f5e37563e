/** Holds (暂缓) on an account: dispute, care, payment plan, mourning. They say why a household is left alone, and until when. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type Account, beginAccountChange } from "./access-account.ts";
import { type HoldKind, insertHold, releaseHoldRow } from "./people-queries.ts";

/**
 * Places a hold with its reason; `endsOn` is its last day, null = until released. Several may be in force at once.
 * @throws DomainError `version.stale`, `hold.ends-before-start`
 */
export const placeHold = async (
  context: CommandContext,
  input: {
    readonly account: Account;
    readonly kind: HoldKind;
    readonly reason: string;
    readonly startsOn: Day;
    readonly endsOn: Day | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ holdId: bigint; version: number }> => {
  if (input.endsOn !== null && input.endsOn < input.startsOn) {
    fail("hold.ends-before-start", "a hold cannot end before it starts", { field: "endsOn" });
  }
  const version = await beginAccountChange(context.sql, input.account, input.expectedVersion);
  const holdId = await insertHold(context.sql, {
    accountId: input.account.id,
    kind: input.kind,
    reason: input.reason,
    startsOn: input.startsOn,
    endsOn: input.endsOn,
    placedBy: staffIdOf(context.actor),
  });
  const subject = `account:${input.account.id}`;
  const facts = { holdId, kind: input.kind, startsOn: input.startsOn, endsOn: input.endsOn };
  context.audit({ subject, details: facts });
  context.emit({ type: "hold.placed", subject, payload: { accountId: input.account.id, ...facts } });
  return { holdId, version };
};

/**
 * Ends a hold now. @throws DomainError `hold.not-found` also for one that was released already
 */
export const releaseHold = async (
  context: CommandContext,
  input: {
    readonly account: Account;
    readonly holdId: bigint;
    readonly reason: string;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ version: number }> => {
  const version = await beginAccountChange(context.sql, input.account, input.expectedVersion);
  const released = await releaseHoldRow(context.sql, {
    holdId: input.holdId,
    accountId: input.account.id,
    now: context.now,
  });
  if (released === null) {
    fail("hold.not-found", "there is no such hold in force on this account", { field: "holdId" });
  }
  const subject = `account:${input.account.id}`;
  context.audit({ subject, details: { holdId: input.holdId, released: true, reason: input.reason } });
  context.emit({
    type: "hold.released",
    subject,
    payload: { accountId: input.account.id, holdId: input.holdId },
  });
  return { version };
};
