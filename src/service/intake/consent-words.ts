/** STOP (退订) and START: what a number says about greetings and surveys. Notices of service and payment go on. */
import type { CommandContext } from "#src/platform/command.ts";
import { recordContactRefusal, STOPPED_PURPOSES } from "#src/messages/messaging/index.ts";
import { accountOfId, findConsent, recordConsent } from "#src/town/accounts/index.ts";
import type { Sender } from "./sender.ts";

/**
 * Records the word for the number itself, which may belong to nobody we know or pass to another person, and for everybody
 * whose number it is. START gives back only what was refused before: who never agreed has not agreed by it.
 */
export const recordWord = async (
  context: CommandContext,
  sender: Sender,
  word: "stop" | "start",
  source: string,
): Promise<void> => {
  const { sql, now } = context;
  const granted = word === "start";
  for (const purpose of STOPPED_PURPOSES) {
    if (sender.recipient !== "")
      await recordContactRefusal(sql, {
        recipient: sender.recipient,
        purpose,
        refused: !granted,
        source,
        now,
      });
    for (const personId of sender.personIds) {
      const accountId = sender.households.find((one) => one.personId === personId)?.accountId;
      const account = accountId === undefined ? null : await accountOfId(sql, accountId);
      const last = await findConsent(sql, personId, purpose);
      const isNews = granted ? last?.granted === false : last?.granted !== false;
      if (account !== null && isNews)
        await recordConsent(context, { account, personId, purpose, granted, source });
    }
  }
};
