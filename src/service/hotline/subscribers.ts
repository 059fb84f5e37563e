/** What the hotline does because of what happened elsewhere. */
import type { Subscriber } from "#src/platform/outbox.ts";
import { householdReached } from "./call-backs.ts";
import { findHouseholdOfOrder } from "./event-queries.ts";

/** Somebody was at the door and did the work: nobody needs to call this household back. Repeating is safe. */
export const reachedAtDoorSubscriber: Subscriber = {
  name: "reached-at-door",
  handlers: {
    "work-order.finished": async (context, event) => {
      const { workOrderId } = event.payload;
      const found = await findHouseholdOfOrder(context.sql, workOrderId);
      if (found === null) return;
      await householdReached(context, { ...found, how: `work-order:${workOrderId}` });
    },
  },
};
