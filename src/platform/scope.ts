/**
 * The one filter that every query which lists, searches, counts, exports or streams households takes: what lies outside
 * an actor's scope does not exist for it.
 */
import type { Scope } from "./actor.ts";

/**
 * A condition on `heat_accounts` under the alias `accountAlias`, with its bindings `scopeKind` and `scopeIds`.
 * The buildings of an area are those it serves on `:scopeDay`.
 */
export const accountScope = (accountAlias: string): string => `(
  :scopeKind::text = 'everything'
  or (:scopeKind::text = 'accounts' and ${accountAlias}.id = any(:scopeIds::bigint[]))
  or (:scopeKind::text = 'areas' and exists (
    select 1 from premises scope_premises
    join service_area_buildings scope_buildings on scope_buildings.building_id = scope_premises.building_id
    where scope_premises.id = ${accountAlias}.premises_id
      and scope_buildings.valid @> :scopeDay::date
      and scope_buildings.area_id = any(:scopeIds::bigint[]))))`;

/** Bindings for `accountScope`. */
export const scopeBindings = (scope: Scope, scopeDay: string) => ({
  scopeKind: scope.kind,
  scopeIds: scope.kind === "areas" ? scope.areaIds : scope.kind === "accounts" ? scope.accountIds : [],
  scopeDay,
});

/**
 * The same bound on a building by the expression `buildingId`: one served by the areas, or one in which the accounts live. The
 * expression names its table (`asked.building_id`): a bare column would be read as one of the tables that the bound looks into.
 */
export const buildingScope = (buildingId: `${string}.${string}`): string => `(
  :scopeKind::text = 'everything'
  or (:scopeKind::text = 'areas' and exists (
    select 1 from service_area_buildings scope_buildings
    where scope_buildings.building_id = ${buildingId} and scope_buildings.valid @> :scopeDay::date
      and scope_buildings.area_id = any(:scopeIds::bigint[])))
  or (:scopeKind::text = 'accounts' and exists (
    select 1 from heat_accounts scope_accounts join premises scope_homes on scope_homes.id = scope_accounts.premises_id
    where scope_homes.building_id = ${buildingId} and scope_accounts.id = any(:scopeIds::bigint[]))))`;
