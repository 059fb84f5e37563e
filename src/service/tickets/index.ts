/**
 * Cases (工单): what people ask of us and what we find ourselves, from whatever door, in one place.
 *
 * - category (诉求分类): two levels, rows, with the fields that each needs (分类要素)
 * - source (来源): reported (群众反映) or found (自主发现): two ledgers (两本台账)
 * - severity (紧急程度): emergency, urgent, ordinary
 * - number (工单号): digits with a check digit, to be read over the phone
 * - timeline (时间线): entries that are never changed
 * - owner (责任人): given by routing through `setOwner`
 * - closing (办结): solved with evidence (办结凭证), or explained (无法解决已解释), which never counts as solved
 * - return (退回), reopen (重开), merge (并单), link (关联), return visit (回访), repeat (重复诉求)
 * - other company (他司): whose callers are told, and raise no case
 */
export {
  accessTicket,
  findOpenTickets,
  hasMergedCases,
  type OpenTicketFilter,
  reachOf,
  ticketOfId,
} from "./access-ticket.ts";
export { findCategories } from "./category-queries.ts";
export { addEntry, type EntryText, type NewEntry } from "./entries.ts";
export { LEAK_CATEGORIES } from "./announce-field.ts";
export { attachFile, hasAttachment } from "./attachments.ts";
export { correctTicket, type TicketCorrection } from "./correct-ticket.ts";
export { FIGURE_NAMES, type FigureName, FIGURES, percentDown } from "./figures.ts";
export { countFigure } from "./figure-queries.ts";
export { requireReopenWindow } from "./guards.ts";
export { type CategoryGuess, guessCategory } from "./guess-category.ts";
export { type LinkKind, linkTickets, mergeTicket, unmergeTicket } from "./merge-tickets.ts";
export { type NewTicket, type OpenedTicket, openTicket } from "./open-ticket.ts";
export { findOtherCompany, setOtherCompany, tellOtherCompany } from "./other-companies.ts";
export type { OtherCompany } from "./other-company-queries.ts";
export { type TicketReach, ticketScope } from "./queries.ts";
export { ticketProofs } from "./proofs.ts";
export { rateTicket, type Rating } from "./return-visits.ts";
export { ticketRoutes } from "./routes.ts";
export { isRoomTemperature } from "./room-temperature.ts";
export { runTicketCommand, type TicketCommandInput } from "./run-command.ts";
export {
  CLOSING_CLASSES,
  type ClosingClass,
  ENTRY_KINDS,
  type EntryKind,
  EVIDENCE_KINDS,
  type EvidenceKind,
  SEVERITIES,
  type Severity,
  type Ticket,
  TICKET_CHANNELS,
  TICKET_SOURCES,
  type TicketChannel,
  type TicketSource,
  UNKNOWN_PLACES,
} from "./schema.ts";
export { searchTickets } from "./search-tickets.ts";
export { type OwnerGiven, setOwner, setOwners, type TicketOwner } from "./set-owner.ts";
export { OPEN_STATES, type PersonCommand, TICKET_STATES, type TicketState } from "./states.ts";
export { accessBuilding } from "./ticket-input.ts";
export { formatTicketNo, parseTicketNo, ticketNosIn } from "./ticket-number.ts";
