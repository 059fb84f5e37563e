/** The two statements that open a case: what must be known first, and everything that is written. */
import type { CommandContext } from "#src/platform/command.ts";
import { accountScope, type scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { storedSetting } from "#src/platform/settings.ts";
import type { CategoryField } from "./category-fields.ts";
import { ticketPolicy } from "./policy.ts";
import type { Severity, TicketChannel, TicketSource } from "./schema.ts";

export type OpeningFacts = {
  /** The row that a new case may take. Numbers have gaps. */
  readonly newId: bigint;
  readonly categoryActive: boolean | null;
  readonly severity: Severity | null;
  readonly fields: readonly CategoryField[];
  readonly accountId: bigint | null;
  readonly premisesId: bigint | null;
  readonly buildingId: bigint | null;
  readonly stationId: bigint | null;
  readonly stationOwner: "company" | "property-firm" | null;
  readonly policy: unknown;
  readonly existingId: bigint | null;
  /** The last closing of this category that nothing repeats yet: the household's, or the building's where none is named. */
  readonly closedId: bigint | null;
  readonly closedAt: Date | null;
};

const closedCase = (place: string): string => `
    (select earlier.id, earlier.closed_at from tickets earlier
      where ${place} and earlier.category_code = category.code and earlier.state = 'closed' and earlier.repeated_at is null
      order by earlier.closed_at desc limit 1)`;

const openingFacts = `
  with place as (
    select account.id as account_id, premises.id as premises_id,
      coalesce(premises.building_id, :buildingId::bigint) as building_id
    from (select 1) one
    left join heat_accounts account on account.id = :accountId::bigint
      or (account.account_no = :accountNo::text and ${accountScope("account")})
    left join premises on premises.id = coalesce(account.premises_id, :premisesId::bigint)
  )
  select category.active as "categoryActive", category.severity,
    coalesce((select jsonb_agg(jsonb_build_object('name', field.name, 'kind', field.kind, 'label', field.label,
        'labelEn', field.label_en, 'required', field.required, 'choices', field.choices) order by field.ordinal)
      from ticket_category_fields field where field.category_code = category.code), '[]') as fields,
    place.account_id as "accountId", place.premises_id as "premisesId",
    building.id as "buildingId", loop.station_id as "stationId", station.owner as "stationOwner", ${storedSetting(ticketPolicy)} as policy,
    (select id from tickets where source_key = :sourceKey::text) as "existingId",
    nextval('tickets_id_seq') as "newId", closed.id as "closedId", closed.closed_at as "closedAt"
  from place
  left join ticket_categories category on category.code = :category and category.parent_code is not null
  -- A building's is not looked for where a household is named: on a cold day it has many of a kind. Nor is one household's closing
  -- contradicted by a case that names none.
  left join lateral (${closedCase("earlier.account_id = place.account_id")}
    union all ${closedCase(`place.account_id is null and earlier.account_id is null
        and earlier.building_id = place.building_id`)}) closed on true
  left join buildings building on building.id = place.building_id
  left join loops loop on loop.id = building.loop_id
  left join stations station on station.id = loop.station_id`;

export type AccountByNumber = { readonly accountNo: string } & ReturnType<typeof scopeBindings>;
const nobody = { accountNo: null, scopeKind: "accounts", scopeIds: [], scopeDay: "2000-01-01" };

export const findOpeningFacts = (
  sql: Sql,
  asked: {
    category: string;
    accountId: bigint | null;
    /** Instead of the id: the 户号 itself, folded, not an alias; found within a scope. */
    byNumber?: AccountByNumber | undefined;
    premisesId: bigint | null;
    buildingId: bigint | null;
    sourceKey: string | null;
  },
) => {
  const { byNumber = nobody, ...rest } = asked;
  return sql.one<OpeningFacts>(openingFacts, { ...rest, ...byNumber });
};

export type TicketRowIn = {
  readonly id: bigint;
  readonly category: string;
  readonly categoryGuessed: boolean;
  readonly source: TicketSource;
  readonly channel: TicketChannel;
  readonly severity: Severity;
  readonly accountId: bigint | null;
  readonly premisesId: bigint | null;
  readonly buildingId: bigint | null;
  readonly addressText: string | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  readonly summary: string;
  readonly fields: string;
  readonly sourceKey: string | null;
  readonly entryText: string;
  readonly entryDetails: string;
  readonly now: Date;
  readonly openedBy: bigint | null;
  readonly openedByName: string;
  /** The closing that it counts against. */
  readonly repeatsId: bigint | null;
};

// The case and the first line of its timeline.
const caseAndLine = (again: string): string => `
  with opened as (
    insert into tickets (id, category_code, category_guessed, source, channel, severity, account_id, premises_id, building_id,
      address_text, caller_number, caller_name, summary, fields, source_key, opened_at, opened_by, changed_at)
    values (:id, :category, :categoryGuessed, :source, :channel, :severity, :accountId, :premisesId, :buildingId,
      :addressText, :callerNumber, :callerName, :summary, :fields::jsonb, :sourceKey, :now, :openedBy, :now)
    ${again} returning id
  ), entered as (
    insert into ticket_entries (ticket_id, kind, text, details, ref, version, entered_at, entered_by, entered_by_name)
    select id, 'state', :entryText, :entryDetails::jsonb, :sourceKey, 1, :now, :openedBy, :openedByName from opened
  )`;
const closingRepeated = `, repeated as (
    update tickets closed set repeated_at = :now, repeated_by_id = opened.id
    from opened
    where closed.id = :repeatsId::bigint and closed.state = 'closed' and closed.repeated_at is null
  )`;
const openCase = `${caseAndLine("on conflict (source_key) do nothing")}${closingRepeated} select id from opened`;
const openNew = `${caseAndLine("")} select id from opened`;
const openRepeating = `${caseAndLine("")}${closingRepeated} select id from opened`;

/** Null when its source key has opened a case before. */
export const insertTicket = (sql: Sql, row: TicketRowIn) => sql.maybeOne<{ id: bigint }>(openCase, row);
/** The same with the commit, for a case that nothing else can be opening: one without a source key. */
export const insertTicketAtEnd = (context: CommandContext, row: TicketRowIn): void =>
  context.atEnd(row.repeatsId === null ? openNew : openRepeating, row);

const bySourceKey = `select id from tickets where source_key = :sourceKey`;
export const findBySourceKey = (sql: Sql, sourceKey: string) =>
  sql.one<{ id: bigint }>(bySourceKey, { sourceKey });
