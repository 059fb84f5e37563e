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
