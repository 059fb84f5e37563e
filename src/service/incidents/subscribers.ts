/** What this room listens to. */
import type { Subscriber } from "#src/platform/outbox.ts";
import { incidentCaseSubscriber } from "./carry-to-cases.ts";
import { incidentJoinSubscriber } from "./follow-cases.ts";
import { incidentSupplySubscriber } from "./follow-supply.ts";
import { incidentNoticeSubscriber } from "./tell-homes.ts";

export const incidentSubscribers: readonly Subscriber[] = [
  incidentSupplySubscriber,
  incidentJoinSubscriber,
  incidentCaseSubscriber,
  incidentNoticeSubscriber,
];
