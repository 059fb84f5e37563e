/** What one account looks like on a day. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { AliasKind, TermsRow } from "./queries.ts";
import type { SupplyState } from "./supply-states.ts";
import type { ValveState } from "./valve-states.ts";

export type PlaceRow = {
  readonly address: string;
  readonly floor: string;
  readonly door: string;
  readonly unit: string;
  readonly buildingId: bigint;
  readonly building: string;
  readonly communityId: bigint;
  readonly community: string;
  readonly phase: string;
  readonly district: string;
  readonly street: string;
};
const placeOf = `
  select premises.address, premises.floor, premises.door, units.name as unit,
    building.id as "buildingId", building.name as building, community.id as "communityId",
    community.name as community, community.phase, community.district, community.street
  from premises join units on units.id = premises.unit_id
  join buildings building on building.id = premises.building_id
  join communities community on community.id = building.community_id
  where premises.id = :premisesId`;
export const findPlace = (sql: Sql, premisesId: bigint) => sql.one<PlaceRow>(placeOf, { premisesId });

const aliasesOf = `
  select kind, value from account_aliases where account_id = :accountId order by kind, value`;
export const findAliases = (sql: Sql, accountId: bigint) =>
  sql.rows<{ kind: AliasKind; value: string }>(aliasesOf, { accountId });

export type PointView = {
  readonly id: bigint;
  readonly ordinal: number;
  readonly name: string;
  readonly terms:
    | (Omit<TermsRow, "billingAreaMilliM2" | "innerAreaMilliM2" | "grossAreaMilliM2"> & {
        readonly billingAreaMilliM2: string;
        readonly innerAreaMilliM2: string | null;
        readonly grossAreaMilliM2: string | null;
        readonly from: Day;
        readonly until: Day | null;
      })
    | null;
  readonly supply: { readonly state: SupplyState; readonly since: Day } | null;
  readonly valve: { readonly state: ValveState; readonly since: Day } | null;
};
const pointsOn = `
  select point.id, point.ordinal, point.name,
    (select jsonb_build_object('heatClass', terms.heat_class, 'loopType', terms.loop_type,
        'billingAreaMilliM2', terms.billing_area_milli_m2::text,
        'innerAreaMilliM2', terms.inner_area_milli_m2::text, 'grossAreaMilliM2', terms.gross_area_milli_m2::text,
        'areaRule', terms.area_rule, 'areaRounding', terms.area_rounding,
        'shareBasisPoints', terms.share_basis_points, 'document', terms.document,
        'from', lower(terms.valid), 'until', upper(terms.valid))
      from charge_point_terms terms
      where terms.charge_point_id = point.id and terms.valid @> :day::date) as terms,
    (select jsonb_build_object('state', supply.state, 'since', lower(supply.valid)) from supply_states supply
      where supply.charge_point_id = point.id and supply.valid @> :day::date) as supply,
    (select jsonb_build_object('state', valve.state, 'since', lower(valve.valid)) from valve_states valve
      where valve.charge_point_id = point.id and valve.valid @> :day::date) as valve
  from charge_points point where point.account_id = :accountId order by point.ordinal`;
export const findPointViews = (sql: Sql, accountId: bigint, day: Day) =>
  sql.rows<PointView>(pointsOn, { accountId, day });
