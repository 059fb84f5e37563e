/** Where an order is and whom it finds there. Reads the town; writes nothing. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type Place = {
  readonly premisesId: bigint | null;
  readonly unitId: bigint | null;
  readonly buildingId: bigint | null;
  readonly address: string;
};

const premisesPlace = `
  select premises.id as "premisesId", premises.unit_id as "unitId", premises.building_id as "buildingId",
    premises.address
  from premises where premises.id = :premisesId`;
export const placeOfPremises = (sql: Sql, premisesId: bigint) =>
  sql.maybeOne<Place>(premisesPlace, { premisesId });

const accountPlace = `
  select premises.id as "premisesId", premises.unit_id as "unitId", premises.building_id as "buildingId",
    premises.address
  from heat_accounts account join premises on premises.id = account.premises_id
  where account.id = :accountId`;
export const placeOfAccount = (sql: Sql, accountId: bigint) =>
  sql.maybeOne<Place>(accountPlace, { accountId });

const buildingPlace = `
  select null::bigint as "premisesId", null::bigint as "unitId", building.id as "buildingId",
    community.district || ' ' || community.name || ' ' || building.name as address
  from buildings building join communities community on community.id = building.community_id
  where building.id = :buildingId`;
export const placeOfBuilding = (sql: Sql, buildingId: bigint) =>
  sql.maybeOne<Place>(buildingPlace, { buildingId });

/**
 * The person of an account who opens the door, tenant before owner, with a number that is not known to be wrong:
 * a query that `contactOf` and the orders raised in bulk share.
 */
export const contactQuery = (accountId: string, day: string): string => `
  select person.name, coalesce(phone.number, '') as number
  from account_roles role join people person on person.id = role.person_id
  left join lateral (select number from person_phones
    where person_id = person.id and confirmed is not false
    order by (kind = 'mobile') desc, confirmed desc nulls last, number limit 1) phone on true
  where role.account_id = ${accountId} and role.valid @> ${day} and role.role in ('tenant', 'owner')
  order by (phone.number is not null) desc, (role.role = 'tenant') desc, role.id desc limit 1`;

const contact = contactQuery(":accountId::bigint", ":day::date");
export const contactOf = (sql: Sql, accountId: bigint, day: Day) =>
  sql.maybeOne<{ name: string; number: string }>(contact, { accountId, day });
