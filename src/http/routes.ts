/** Every route of the API. A room's routes are added here by one line. */
import { bankRoutes } from "#src/bank/reconciliation/index.ts";
import { messagingRoutes } from "#src/messages/messaging/index.ts";
import { noticeRoutes, toldOfClosing } from "#src/messages/notices/index.ts";
import { billingRoutes } from "#src/money/billing/index.ts";
import { collectionRoutes } from "#src/money/collection/index.ts";
import { ledgerRoutes } from "#src/money/ledger/index.ts";
import { lifecycleRoutes } from "#src/money/lifecycle/index.ts";
import { reminderRoutes } from "#src/money/reminders/index.ts";
import { tariffRoutes } from "#src/money/tariffs/index.ts";
import { calendarRoutes } from "#src/office/calendars/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import { exportRoutes } from "#src/office/exports/index.ts";
import { revealRoutes } from "#src/office/reveals/index.ts";
import { staffRoutes } from "#src/office/staff/index.ts";
import { taskRoutes } from "#src/office/tasks/index.ts";
import { auditRoutes } from "#src/platform/audit-routes.ts";
import { companyRoutes } from "#src/platform/company-routes.ts";
import { operationsRoutes } from "#src/platform/operations-routes.ts";
import { fieldRoutes } from "#src/service/field/index.ts";
import type { Route } from "#src/platform/route.ts";
import { telephonyRoutes } from "#src/platform/telephony/index.ts";
import { liveRoute } from "./live-route.ts";
import { clockRoutes } from "#src/service/clocks/index.ts";
import { supplyRoutes } from "#src/town/supply/index.ts";
import { householdRoutes, myDayRoutes, reportRoutes } from "#src/reports/index.ts";
import { sheetRoutes } from "#src/sheets/index.ts";
import { ticketRoutes } from "#src/service/tickets/index.ts";
import { hotlineRoutes, selfServiceRoutes } from "#src/service/hotline/index.ts";
import { householdPageRoutes } from "#src/service/household/index.ts";
import { incidentRoutes } from "#src/service/incidents/index.ts";
import { pressureTestRoutes } from "#src/service/pressure-tests/index.ts";
import { routingRoutes } from "#src/service/routing/index.ts";
import { referralRoutes } from "#src/service/referrals/index.ts";
import { townRoutes } from "#src/town/accounts/index.ts";
import { intakeRoutes } from "#src/service/intake/index.ts";

export const routes: readonly Route[] = [
  liveRoute,
  ...companyRoutes,
  ...operationsRoutes,
  ...auditRoutes,
  ...staffRoutes,
  ...townRoutes,
  ...supplyRoutes,
  ...approvalRoutes,
  ...taskRoutes,
  ...revealRoutes,
  ...exportRoutes,
  ...calendarRoutes,
  ...ledgerRoutes,
  ...tariffRoutes,
  ...billingRoutes,
  ...collectionRoutes,
  ...reminderRoutes(toldOfClosing),
  ...lifecycleRoutes,
  ...bankRoutes,
  ...routingRoutes,
  ...clockRoutes,
  ...messagingRoutes,
  ...noticeRoutes,
  ...telephonyRoutes,
  ...ticketRoutes,
  ...incidentRoutes,
  ...hotlineRoutes,
  ...selfServiceRoutes,
  ...intakeRoutes,
  ...householdPageRoutes,
  ...fieldRoutes,
  ...referralRoutes,
  ...pressureTestRoutes,
  ...reportRoutes,
  ...householdRoutes,
  ...myDayRoutes,
  ...sheetRoutes,
];

/** What may be changed without a login. Each of these stands here because somebody decided so. */
export const PUBLIC_WRITES: readonly string[] = [
  "POST /session",
  // The token of a bound phone, as a cookie that no other site makes the browser send: it is the login.
  "POST /session/device",
  // Answered alike and equally late for whatever is typed; counted by account and address (service/household/prove-home.ts).
  "POST /me/codes",
  "POST /me/session",
  // Signed by the payment gateway over the raw body, fresh within five minutes; a transaction is posted once.
  "POST /hooks/wallet",
  // Signed by the exchange over the raw body, fresh within five minutes, each event stored once under its own id.
  "POST /hooks/cti",
  // Signed by the exchange, fresh within five minutes; the same message again gets nothing.
  "POST /hooks/cti/dials",
  // Signed by the dispatch centre over the raw body, fresh within five minutes, stored once under its own id.
  "POST /hooks/dispatch",
  // Signed by Twilio over address and form; stored once under its MessageSid.
  "POST /hooks/sms/twilio",
  // Signed by the gateway over the raw body, fresh within five minutes, stored once under its own id.
  "POST /hooks/sms/gateway",
  // Signed by the gateway over the raw body, fresh within five minutes, each report stored once under its own id.
  "POST /hooks/sms/gateway/receipts",
  // Signed by Twilio over address and form; stored once under message and status.
  "POST /hooks/sms/twilio/status/{id}",
  // Signed by Twilio over address and form, stored once under call and sequence.
  "POST /hooks/voice/twilio/outgoing/{id}/status",
  "POST /hooks/voice/twilio/outgoing/{id}/keys",
  // Signed by the exchange over the raw body, fresh within five minutes, stored once under its own id.
  "POST /hooks/voice/pbx/outgoing",
  // Signed by Twilio over address and form; a call goes on from the step that its last reply asked for, and from no other.
  "POST /hooks/voice/twilio",
  "POST /hooks/voice/twilio/steps/{step}",
  "POST /hooks/voice/twilio/queue",
  "POST /hooks/voice/twilio/answered/{agent}",
  "POST /hooks/voice/twilio/status",
  "POST /hooks/voice/twilio/recording",
  // Signed by the exchange over the raw body, fresh within five minutes, held to the step of its call.
  "POST /hooks/voice/pbx/menu",
];
