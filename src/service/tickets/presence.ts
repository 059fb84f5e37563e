/** Who was at the home, and when (到场): nobody is said to have been there without a name and an hour. */
import { fail, must } from "#src/kernel/errors.ts";
import { can, PERMISSIONS, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findVisitors, type Visitor } from "./place-queries.ts";
import type { Ticket } from "./schema.ts";

export type SaidPresence = {
  /** The login of whoever was there. */
  readonly login: string;
  readonly at: Date;
};
export type Presence = Visitor & { readonly at: Date };

const ROLES_THAT_GO = PERMISSIONS["ticket.visit"];

const MINUTE_MS = 60_000;
const minuteOf = (at: Date): Date => new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);

/** Who may have been there: everybody who goes to homes, the owner of the case first, then those of its area. */
export const visitorsOf = (
  sql: Sql,
  { ownerId, buildingId }: Pick<Ticket, "ownerId" | "buildingId">,
  day: string,
): Promise<Visitor[]> =>
  findVisitors(sql, { roles: ROLES_THAT_GO, ownerId, buildingId, day, login: null, staffId: null });

/** Written on the spot, or later by whoever was there: the hour of the writing, never one to come. */
const ownPresence = async (
  { actor, sql, now, today }: CommandContext,
  madeAt: Date | undefined,
): Promise<Presence> => {
  const staffId = staffIdOf(actor);
  if (staffId === null || !can(actor, "ticket.visit")) {
    fail("ticket.presence-needed", "whoever was not there says who was, and when", {
      field: "there",
      remedy:
        "name the login of whoever was there and the hour, as `there`; or write what the household said as a note or a call back",
    });
  }
  const [self] = await findVisitors(sql, {
    roles: ROLES_THAT_GO,
    ownerId: null,
    buildingId: null,
    day: today,
    login: null,
    staffId,
  });
  return {
    ...must(self, "whoever writes this"),
    at: madeAt !== undefined && madeAt < now ? madeAt : now,
  };
};

/**
 * A visit, or a slip that was measured there, names who was there and when. Whoever goes to homes was there in person unless it says
 * otherwise; a desk names one of those who go.
 * @throws DomainError `ticket.presence-needed`, `ticket.presence-unknown`, `ticket.presence-time`
 */
export const requirePresence = async (
  context: CommandContext,
  ticket: Ticket,
  said: SaidPresence | undefined,
  madeAt: Date | undefined,
): Promise<Presence> => {
  if (said === undefined) return ownPresence(context, madeAt);
  const { ownerId, buildingId } = ticket;
  const [visitor] = await findVisitors(context.sql, {
    roles: ROLES_THAT_GO,
    ownerId,
    buildingId,
    day: context.today,
    login: said.login,
    staffId: null,
  });
  if (visitor === undefined) {
    fail("ticket.presence-unknown", "nobody who goes to homes has this login", {
      field: "there.login",
      remedy: "choose one of GET /tickets/{ticketNo}/visitors",
    });
  }
  // People say an hour to the minute.
  const from = minuteOf(ticket.reopenedAt ?? ticket.openedAt);
  if (said.at > context.now || said.at < from) {
    fail("ticket.presence-time", "nobody was there for this case before it was opened, or after now", {
      field: "there.at",
      facts: { from: from.toISOString(), until: context.now.toISOString() },
    });
  }
  return { ...visitor, at: said.at };
};
