/** Everybody who listens to an event. */
import { spokenMessageSubscriber } from "#src/messages/messaging/index.ts";
import { valveTaskSubscriber } from "#src/money/lifecycle/index.ts";
import { paymentReceivedSubscriber, reminderSubscriber } from "#src/messages/notices/index.ts";
import { fieldSubscribers } from "#src/service/field/index.ts";
import { incidentCallerSubscriber, reachedAtDoorSubscriber } from "#src/service/hotline/index.ts";
import { householdCodeSubscriber } from "#src/service/household/index.ts";
import { incidentSubscribers } from "#src/service/incidents/index.ts";
import { intakeSubscriber } from "#src/service/intake/index.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { referralSubscribers } from "#src/service/referrals/index.ts";
import {
  pressureChangeSubscriber,
  pressureFirmSubscriber,
  pressureLeakSubscriber,
  pressureReplySubscriber,
} from "#src/service/pressure-tests/index.ts";
import { dutyWatchSubscriber, routingSubscriber } from "#src/service/routing/index.ts";
import { applyPrepaidSubscriber } from "./handlers/apply-prepaid.ts";

export const SUBSCRIBERS: readonly Subscriber[] = [
  // First: nothing else that a case causes is waited for by a person.
  routingSubscriber,
  // Somebody waits in front of the page.
  householdCodeSubscriber,
  reachedAtDoorSubscriber,
  applyPrepaidSubscriber,
  valveTaskSubscriber,
  ...fieldSubscribers,
  ...incidentSubscribers,
  ...referralSubscribers,
  incidentCallerSubscriber,
  intakeSubscriber,
  reminderSubscriber,
  paymentReceivedSubscriber,
  pressureLeakSubscriber,
  pressureReplySubscriber,
  pressureChangeSubscriber,
  pressureFirmSubscriber,
  dutyWatchSubscriber,
  spokenMessageSubscriber,
];
