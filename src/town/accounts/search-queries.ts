/** The statements of a search. Each stops at its limit inside its index, whatever it looks for and whoever asks. */
import type { Day } from "#src/kernel/day.ts";
import type { PhoneNumber } from "#src/kernel/phone.ts";
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { PersonRole } from "./people-queries.ts";

/** Bindings of `scopeBindings`. */
type Reach = { readonly scopeKind: string; readonly scopeIds: readonly bigint[]; readonly scopeDay: string };

/** The buildings that an actor bound to areas sees: read once a statement, then looked up in memory. */
const SEEN_BUILDINGS = `select served.building_id from service_area_buildings served
  where served.area_id = any(:scopeIds::bigint[]) and served.valid @> :scopeDay::date`;

/** The scope on columns that an index holds: no table is visited for what is not shown. */
const insideScope = (accountId: string, buildingId: string): string => `(
  :scopeKind::text = 'everything'
  or (:scopeKind::text = 'accounts' and ${accountId} = any(:scopeIds::bigint[]))
  or (:scopeKind::text = 'areas' and ${buildingId} in (${SEEN_BUILDINGS})))`;

export type TermHit = { readonly accountId: bigint; readonly ordinal: number; readonly term: string };

const byTerms = `
  select hit.account_id as "accountId", prefix.ordinal::int as ordinal, hit.term
  from unnest(:froms::text[], :untils::text[]) with ordinality prefix (lower, upper, ordinal)
  cross join lateral (
    select term.account_id, term.term from search_terms term
    where term.term >= prefix.lower and term.term < prefix.upper and ${insideScope("term.account_id", "term.building_id")}
    order by term.term, term.account_id limit :limit::integer
  ) hit
  order by prefix.ordinal, hit.term, hit.account_id`;
/** Accounts under each range of terms, in the order of the tree: what was typed exactly comes first. */
export const findByTerms = (
  sql: Sql,
  query: Reach & { froms: readonly string[]; untils: readonly string[]; limit: number },
) => sql.rows<TermHit>(byTerms, query);

const byPhone = `
  select distinct on (account.id) account.id as "accountId"
  from (
    select phone.person_id from person_phones phone
    where (reverse(split_part(phone.number, ';', 1)) collate "C") >= :tail
      and (reverse(split_part(phone.number, ';', 1)) collate "C") < :tailEnd
    order by (reverse(split_part(phone.number, ';', 1)) collate "C"), phone.person_id limit :scan::integer
  ) owned
  join account_roles role on role.person_id = owned.person_id and role.valid @> :scopeDay::date
  join heat_accounts account on account.id = role.account_id
  join premises on premises.id = account.premises_id
  where ${insideScope("account.id", "premises.building_id")}
    and (cardinality(:ownerFroms::text[]) = 0 or exists (
      select 1 from search_terms term, unnest(:ownerFroms::text[], :ownerUntils::text[]) named (lower, upper)
      where term.account_id = account.id and term.term >= named.lower and term.term < named.upper))
  order by account.id limit :limit::integer`;
/** Accounts of whoever has a number that ends so. Four digits are shared by one number in ten thousand. */
export const findByPhoneTail = (
  sql: Sql,
  query: Reach & {
    tail: string;
    tailEnd: string;
    ownerFroms: readonly string[];
    ownerUntils: readonly string[];
    scan: number;
    limit: number;
  },
) => sql.rows<{ accountId: bigint }>(byPhone, query);

const SCOPED_BUILDING = `(
  :scopeKind::text = 'everything'
  or (:scopeKind::text = 'areas' and building.id in (${SEEN_BUILDINGS}))
  or (:scopeKind::text = 'accounts' and exists (select 1 from heat_accounts account
    join premises on premises.id = account.premises_id
    where account.id = any(:scopeIds::bigint[]) and premises.building_id = building.id)))`;

export type CommunityHit = {
  readonly id: bigint;
  readonly name: string;
  readonly district: string;
  readonly street: string;
  readonly buildings: number;
};

// A town has hundreds of communities: every one is looked at. What is said may be part of the name, or the name part of
// what is said (district and street before it).
const communities = `
  select community.id, community.name, community.district, community.street, seen.buildings
  from communities community
  cross join lateral (select count(*)::int as buildings from buildings building
    where building.community_id = community.id and ${SCOPED_BUILDING}) seen
  where (position(:place::text in community.name) > 0
      or (length(community.base_name) >= 2 and position(community.name in :place::text) > 0)
      or (length(community.base_name) >= 2 and position(community.base_name in :place::text) > 0
        and not exists (select 1 from communities twin where position(twin.name in :place::text) > 0)))
    and seen.buildings > 0
  order by (community.name = :place::text) desc, (position(:place::text in community.name) = 1) desc, length(community.name),
    community.name, community.id
  limit :limit::integer`;
export const findCommunitiesByPlace = (sql: Sql, query: Reach & { place: string; limit: number }) =>
  sql.rows<CommunityHit>(communities, query);

export type BuildingHit = {
  readonly id: bigint;
  readonly name: string;
  readonly communityId: bigint;
  readonly community: string;
};

const buildings = `
  select building.id, building.name, community.id as "communityId", community.name as community
  from buildings building join communities community on community.id = building.community_id
  where building.community_id = any(:communityIds::bigint[])
    and (:number::text is null or lower(building.name) ~ ('^0*' || :number::text || '([^0-9a-z]|$)'))
    and ${SCOPED_BUILDING}
  order by array_position(:communityIds::bigint[], building.community_id),
    coalesce(substring(building.name from '[0-9]{1,6}'), '0')::int, building.name, building.id
  limit :limit::integer`;
/** Buildings of these communities; `number` holds letters and digits only. */
export const findBuildingsByNumber = (
  sql: Sql,
  query: Reach & { communityIds: readonly bigint[]; number: string | null; limit: number },
) => sql.rows<BuildingHit>(buildings, query);

const doors = `
  select account.id as "accountId"
  from unnest(:buildingIds::bigint[]) with ordinality wanted (id, ordinal)
  join premises on premises.building_id = wanted.id
  join units on units.id = premises.unit_id
  join heat_accounts account on account.premises_id = premises.id
  where (:unit::text is null or substring(units.name from '[0-9]+') = :unit::text)
    and (:floor::text is null or substring(premises.floor from '[0-9]+') = :floor::text)
    and (:door::text is null or premises.door = :door::text or premises.door = :door::text || '室'
      or premises.door = :door::text || '号')
    and ${accountScope("account")}
  order by wanted.ordinal, premises.id, account.id limit :limit::integer`;
export const findByDoor = (
  sql: Sql,
  query: Reach & {
    buildingIds: readonly bigint[];
    unit: string | null;
    floor: string | null;
    door: string | null;
    limit: number;
  },
) => sql.rows<{ accountId: bigint }>(doors, query);

export type FoundAccount = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly state: string;
  readonly address: string;
  readonly community: string;
  readonly building: string;
  readonly people: readonly {
    readonly role: PersonRole;
    readonly kind: "person" | "organisation";
    readonly name: string;
    readonly phones: readonly PhoneNumber[];
  }[];
};

const shown = `
  select account.id as "accountId", account.account_no as "accountNo", account.state, premises.address,
    community.name as community, building.name as building,
    coalesce((select jsonb_agg(jsonb_build_object('role', role.role, 'kind', person.kind, 'name', person.name,
        'phones', coalesce((select jsonb_agg(phone.number order by phone.number) from person_phones phone
          where phone.person_id = person.id), '[]')) order by role.role, role.id)
      from account_roles role join people person on person.id = role.person_id
      where role.account_id = account.id and role.valid @> :today::date), '[]') as people
  from heat_accounts account
  join premises on premises.id = account.premises_id
  join buildings building on building.id = premises.building_id
  join communities community on community.id = building.community_id
  where account.id = any(:accountIds::bigint[])`;
/** What the list shows of accounts that were found within the scope. */
export const findShownAccounts = (sql: Sql, accountIds: readonly bigint[], today: Day) =>
  sql.rows<FoundAccount>(shown, { accountIds, today });
