/** Money that a household had prepaid pays its new bill at once. */
import { applyPrepaidInRange } from "#src/money/collection/index.ts";
import type { Subscriber } from "#src/platform/outbox.ts";

export const applyPrepaidSubscriber: Subscriber = {
  name: "apply-prepaid",
  handlers: {
    "bills.issued": async (context, event) => {
      const { fromAccount, toAccount } = event.payload;
      await applyPrepaidInRange(context, { fromAccount, toAccount });
    },
  },
};
