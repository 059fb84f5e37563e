/**
 * Every object that an address of the API names, classed: it belongs to an area (or a person) and does not exist for others; or it is
 * the company's, by name and with the reason. The matrix refuses an object that stands in neither list, and one that no address names.
 */
import type { RightsCaller } from "./rights-town.ts";

export type Bound = {
  /** What others are told: that there is none. */
  readonly codes: readonly string[];
  /** Whose it is, where it is one person's: the login. */
  readonly owner?: string;
  /** For whom it does not exist; whoever is bound to the south when left out. */
  readonly isForeign?: (caller: RightsCaller) => boolean;
};

const of = (...codes: string[]): Bound => ({ codes });
const ofPerson = (owner: string, ...codes: string[]): Bound => ({
  codes,
  owner,
  isForeign: ({ name, kind }) => kind === "person" && name !== owner,
});

/** A cashier's. Those who look after tills see every till, whatever their areas: a till stands in none. */
const ofCashier = (...codes: string[]): Bound => ({
  codes,
  owner: "cashier.north",
  isForeign: ({ name, role }) => role === "cashier" && name !== "cashier.north",
});

/** Objects of an area or of a person, each planted in the north; what is below one of the south is asked for below the south's own. */
export const BOUND: Readonly<Record<string, Bound>> = {
  "/accounts/{accountNo}": of("account.not-found"),
  "/accounts/{accountNo}/holds/{holdId}": of("hold.not-found"),
  "/accounts/{accountNo}/people/{personId}": of("person.not-found"),
  "/approvals/{id}": of("approval.not-found"),
  "/bills/{id}": of("bill.not-found"),
  "/building-incidents/{buildingId}": of("building.not-found"),
  "/demand-letters/{id}": of("demand-letter.not-found"),
  "/exports/{id}": ofPerson("agent.north", "export.not-found"),
  "/hotline/call-backs/{id}": of("call-back.not-found"),
  "/hotline/calls/{id}": of("call.not-found"),
  "/incidents/{id}": of("incident.not-found"),
  "/messages/{id}": of("message.not-found"),
  "/network/communities/{id}": of("community.not-found"),
  "/notices/{id}": of("notice.not-found"),
  "/payments/{id}": of("payment.not-found"),
  "/pressure-rounds/{id}": of("pressure-round.not-found"),
  "/pressure-tests/{id}": of("pressure-test.not-found"),
  "/pressure-tests/{id}/photos/{fileId}": of("file.not-found"),
  "/pressure-tests/{id}/stairwells/{unitId}": of("pressure-test.stairwell-unknown"),
  // What could not be read has no household: it is for those without bounds.
  "/quarantined-messages/{id}": {
    codes: ["message.not-quarantined"],
    owner: "supervisor.everywhere",
    isForeign: ({ place }) => place !== "everywhere",
  },
  "/receipts/{id}": of("receipt.not-found"),
  "/received-messages/{id}": of("message.not-found"),
  "/referrals/{id}": of("referral.not-found"),
  "/routing/notices/{id}": ofPerson("agent.north", "notice.not-found"),
  "/routing/precedents/{id}": of("precedent.not-found"),
  "/saved-filters/{id}": ofPerson("agent.north", "filter.not-found"),
  "/session/devices/{id}": ofPerson("area-manager.north", "device.not-found"),
  "/shifts/{id}": ofCashier("shift.not-found", "shift.unknown"),
  "/supply/outages/{id}": of("outage.not-found"),
  "/tasks/{id}": of("task.not-found"),
  "/terminal-charges/{id}": ofCashier("terminal.unknown"),
  "/tickets/{ticketNo}": of("ticket.not-found"),
  "/tickets/{ticketNo}/attachments/{fileId}": of("file.not-found"),
  "/valve-rounds/{unitId}": of("valve-round.not-found"),
  "/work-orders/{id}": of("work-order.not-found"),
  "/work-orders/{id}/photos/{fileId}": of("file.not-found"),
};

/** Objects of a household's own page: asked with sessions of two households (household-rights.test.ts). */
export const OF_HOUSEHOLDS: ReadonlySet<string> = new Set([
  "/me/homes/{homeId}",
  "/me/homes/{homeId}/cases/{ticketNo}",
  "/me/orders/{orderNo}",
  "/me/receipts/{id}",
]);

export type OfCompany = {
  readonly why: string;
  /** Instances that are there, for whoever may read them: none of them names a household of another area. */
  readonly examples: readonly string[];
  /** Every operation on it is closed to whoever is bound. */
  readonly isClosed?: true;
};
const open = (why: string, ...examples: string[]): OfCompany => ({ why, examples });
const closed = (why: string, example = "1"): OfCompany => ({ why, examples: [example], isClosed: true });

const BANKS = "books and banks know no areas";
const NETWORK = "what pipes and houses there are is everybody's map; nobody lives in it";
const SET_UP = "a setting of the company";
const SIGNED = "a webhook: the sender signs, and no person has it";
const PEOPLE = "logins are the company's";

/** Objects that are bound to no area by design. */
export const OF_COMPANY: Readonly<Record<string, OfCompany>> = {
  "/bank-breaks/{id}": closed(BANKS),
  "/bank-days/{channel}": closed(BANKS, "bank-a"),
  "/bank-days/{channel}/{day}": closed(BANKS, "2026-11-09"),
  "/bank-drafts/{id}": closed(BANKS),
  "/bank-imports/{id}": closed(BANKS),
  "/bill-runs/{id}": closed("a bill run is the whole town's"),
  "/bill-runs/preview/{group}": closed("a bill run is the whole town's", "same"),
  "/calendars/{id}": closed(SET_UP),
  "/channels/{code}": closed(SET_UP, "bank-a"),
  "/clock-rules/{id}": closed(SET_UP),
  "/closing-lists/{id}": open("a day has one list; each reads the homes of the own areas in it", "1"),
  "/crews/{crewId}": closed(SET_UP),
  "/crews/{crewId}/members/{memberId}": closed(SET_UP),
  "/hooks/sms/twilio/status/{id}": open(SIGNED, "1"),
  "/hooks/voice/twilio/answered/{agent}": open(SIGNED, "1"),
  "/hooks/voice/twilio/outgoing/{id}": open(SIGNED, "1"),
  "/hooks/voice/twilio/steps/{step}": open(SIGNED, "1"),
  "/hotline/agents/{staffId}": closed("the hotline is one for the town"),
  "/hotline/announcements/{id}": closed("the hotline is one for the town"),
  "/hotline/menu/texts/{key}": closed("the hotline is one for the town", "closing"),
  "/hotline/menu/texts/{key}/{language}": closed("the hotline is one for the town", "zh-CN"),
  "/hotline/roster/{id}": closed("the hotline is one for the town"),
  "/knowledge/{code}": open("what is said to callers is the company's word", "closing"),
  "/knowledge/{code}/versions/{version}": closed("the hotline is one for the town"),
  "/ledger/days/{day}": closed(BANKS, "2026-11-09"),
  "/me/buildings/{buildingId}": open("public news of a building, without a login", "0"),
  "/me/communities/{communityId}": open("the names of a community's buildings, without a login", "0"),
  "/message-template-versions/{id}": closed(SET_UP),
  "/message-templates/{name}": closed(SET_UP, "notice-general"),
  "/message-templates/{name}/{locale}": closed(SET_UP, "zh-CN"),
  "/message-templates/{name}/{locale}/approvals/{provider}": closed(SET_UP, "gateway"),
  "/messages/channels/{channel}": closed(SET_UP, "sms"),
  "/messages/channels/{channel}/{provider}": closed(SET_UP, "gateway"),
  "/morning-sheets/{day}": open(
    "a frozen sheet; whoever is bound reads the figures of the own areas",
    "2026-11-09",
  ),
  "/morning-sheets/{day}/{sheet}": open("the same", "supply"),
  "/network/areas/{areaId}": closed(NETWORK),
  "/network/capacities/duties/{duty}": closed(SET_UP, "manager"),
  "/network/capacities/people/{staffId}": closed(SET_UP),
  "/network/communities/{communityId}": open(NETWORK, "0"),
  "/network/stations/{stationId}": open(NETWORK, "1"),
  "/network/stations/{stationId}/crew/{staffId}": closed(NETWORK),
  "/notice-festivals/{id}": closed(SET_UP),
  "/operations/dead-letters/{id}": closed("queues carry everybody's work"),
  "/other-companies/{id}": open("a company that is not us, and its public number", "1"),
  "/pause-reasons/{code}": closed(SET_UP, "wait-for-part"),
  "/referral-authorities/{code}": open("an authority, and its own words for what it takes", "12345"),
  "/reminder-runs/{id}": closed("a pass is the whole town's"),
  "/report-lists/{name}": open("a list by its name; its rows are those of the reader's areas", "*"),
  "/routing/ladders/{code}": closed(SET_UP, "slow"),
  "/routing/reassignments/{id}": closed(SET_UP),
  "/routing/return-reasons/{code}": closed(SET_UP, "beyond-means"),
  "/routing/roles/{role}": closed(SET_UP, "head-office"),
  "/routing/roles/{role}/members/{login}": closed(SET_UP, "nobody"),
  "/routing/start-levels/{channel}": closed(SET_UP, "phone"),
  "/routing/tables/{tableId}": open("the table by which cases find their owner is one for the town", "1"),
  "/seasons/{season}": open("prices and days of a season hold for the town", "2026"),
  "/seasons/{season}/tariffs/{heatClass}": closed(SET_UP, "residential"),
  "/seasons/{season}/tariffs/{heatClass}/{loopType}": closed(SET_UP, "independent"),
  "/settings/{key}": open(SET_UP, "collection.policy"),
  "/sheet-receivers/{id}": closed(SET_UP),
  "/staff/absences/{id}": closed(PEOPLE),
  "/staff/{id}": open(`${PEOPLE}; only those without bounds change them`, "1"),
  "/staff/{id}/devices/{deviceId}": closed(PEOPLE),
  "/suspense/{id}": closed(BANKS),
  "/ticket-categories/{code}": closed(SET_UP, "heat.not-hot"),
  "/ticket-figures/{name}": open("a figure by its name; its cases are those of the reader's areas", "*"),
  "/tokens/{id}": closed(PEOPLE),
};
