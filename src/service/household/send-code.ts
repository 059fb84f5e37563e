/** What becomes of a code that was asked for: a message to the registered telephone, or nothing where there is none. */
import type { Subscriber } from "#src/platform/outbox.ts";
import { queueMessage } from "#src/messages/messaging/index.ts";
import { CODE_MINUTES } from "./policy.ts";
import { takeCode } from "./proof-queries.ts";

/** Repeating is safe: the code is taken out of its row once. */
export const householdCodeSubscriber: Subscriber = {
  name: "household-code",
  handlers: {
    "household.code-asked": async (context, event) => {
      const { challengeId } = event.payload;
      const asked = await takeCode(context.sql, challengeId);
      if (asked === null || asked.number === null || asked.expiresAt <= context.now) return;
      await queueMessage(context, {
        purpose: "reply",
        channel: "sms",
        to: { number: asked.number, personId: asked.personId ?? undefined },
        ...(asked.accountId !== null && { accountId: asked.accountId }),
        template: "household-code",
        locale: asked.locale,
        variables: { code: asked.code, minutes: CODE_MINUTES },
        uniqueKey: `household-code:${challengeId}`,
        expiresAt: asked.expiresAt,
      });
    },
  },
};
