/** Every minute: orders of authorities that come near their deadline are told to whoever has them. */
import { tellOfDeadlines } from "#src/service/referrals/index.ts";
import { systemActor } from "#src/platform/actor.ts";
import { isSendingHeld } from "#src/platform/sending.ts";
import type { Services } from "./services.ts";

/** Repeating is safe. A failure is logged; the next minute tries again. */
export const watchReferrals = async ({ platform, log }: Services): Promise<void> => {
  try {
    if (await isSendingHeld(platform.database.sql)) return;
    const actor = systemActor("watch-referrals");
    const { result: told } = await platform.commands.run(
      { name: "referrals.tell-deadlines", actor },
      tellOfDeadlines,
    );
    if (told > 0) log.info({ told }, "deadlines of orders told");
  } catch (error) {
    log.error({ err: error }, "watching the deadlines of orders failed");
  }
};
