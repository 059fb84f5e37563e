/** Cases for tests: a small town with two homes, and commands on cases. */
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { type NewTicket, type OpenedTicket, openTicket } from "#src/service/tickets/index.ts";
import type { TestDatabase } from "./database.ts";
import { buildSmallTown, openTestAccount, type SmallTown } from "./small-town.ts";

export type TicketTown = SmallTown & { readonly accountId: bigint; readonly neighbourId: bigint };

export const buildTicketTown = async (db: TestDatabase, name = "A", no = "1"): Promise<TicketTown> => {
  const town = await buildSmallTown(db, name);
  const { accountId } = await openTestAccount(db, town, `${no}0000001`);
  const { accountId: neighbourId } = await openTestAccount(db, town, `${no}0000002`);
  return { ...town, accountId, neighbourId };
};

/** Runs work as a command of somebody. */
export const as = async <T>(
  db: TestDatabase,
  actor: Actor,
  work: (context: CommandContext) => Promise<T>,
): Promise<T> => (await db.commands.run({ name: "test", actor }, work)).result;

export const openCase = (db: TestDatabase, input: Partial<NewTicket> = {}): Promise<OpenedTicket> =>
  as(db, db.actor, (context) =>
    openTicket(context, { category: "heat.not-hot", channel: "phone", summary: "家里不热", ...input }),
  );
