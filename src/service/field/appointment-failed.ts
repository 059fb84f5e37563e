/** A word of an appointment that did not arrive: somebody rings, or a crew stands before a closed door (task `appointment-call`). */
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { openAreaTask } from "#src/town/grid/index.ts";
import { type FailedWord, findFailedWords } from "./appointment-queries.ts";
import { formatOrderNo } from "./order-kinds.ts";

const askToRing = async (context: CommandContext, word: FailedWord): Promise<void> => {
  const { now } = context;
  await openAreaTask(context, word.buildingId, {
    kind: "appointment-call",
    source: word.step,
    title: `派工单 ${formatOrderNo(word.id)} 的预约短信未送达，请电话告知 Ring the household: the text message about this appointment did not arrive`,
    details: { workOrderId: String(word.id) },
    accountId: word.accountId ?? undefined,
    dueAt: word.slotFrom !== null && word.slotFrom > now ? word.slotFrom : now,
  });
};

export const appointmentFailedSubscriber: Subscriber = {
  name: "appointments-failed",
  handlers: {
    "messages.failed": async (context, { payload }) => {
      for (const word of await findFailedWords(context.sql, payload.messageIds))
        await askToRing(context, word);
    },
  },
};
