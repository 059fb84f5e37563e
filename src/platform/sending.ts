/** Whether this database may act on the outside: a restored copy of a live one must not send a thing twice. */
import type { CommandContext } from "./command.ts";
import type { Sql } from "./sql.ts";

/** True in a restored database until a person releases it; the relay rings nothing meanwhile. */
export const isSendingHeld = async (sql: Sql): Promise<boolean> =>
  (await sql.one<{ held: boolean }>("select sending_held as held from database_facts")).held;

/** Ends the hold. Repeating is harmless; `released` says whether there was one. */
export const releaseSending = async (context: CommandContext): Promise<{ released: boolean }> => {
  const changed = await context.sql.run("update database_facts set sending_held = false where sending_held");
  if (changed > 0) context.audit({ subject: "database", details: { sendingHeld: false } });
  return { released: changed > 0 };
};
