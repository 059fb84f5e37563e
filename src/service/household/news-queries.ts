/** SQL of what anybody may read about a building. No people and no homes are in it. It writes nothing. */
import type { Sql } from "#src/platform/sql.ts";

const communities = `
  select community.id, community.name, community.district
  from communities community
  where position(:text in community.name) > 0
    and exists (select 1 from buildings building where building.community_id = community.id)
  order by position(:text in community.name), community.name, community.id limit :limit::integer`;
export const findCommunities = (sql: Sql, query: { text: string; limit: number }) =>
  sql.rows<{ id: bigint; name: string; district: string }>(communities, query);

const buildings = `
  select building.id, building.name from buildings building where building.community_id = :communityId
  order by nullif(regexp_replace(building.name, '\\D', '', 'g'), '')::numeric nulls last, building.name, building.id
  limit 1000`;
export const findBuildings = (sql: Sql, communityId: bigint) =>
  sql.rows<{ id: bigint; name: string }>(buildings, { communityId });

const place = `
  select building.id, building.name, community.name as community
  from buildings building join communities community on community.id = building.community_id
  where building.id = :buildingId`;
export const findBuilding = (sql: Sql, buildingId: bigint) =>
  sql.maybeOne<{ id: bigint; name: string; community: string }>(place, { buildingId });

/** What has been announced and is ahead, or was lately; what is only planned is nobody's business yet. */
const tests = `
  select test.id, test.kind, test.state, test.starts_at as "startsAt", test.ends_at as "endsAt"
  from pressure_tests test
  where test.building_id = :buildingId and test.state <> 'planned'
    and (test.starts_at is null or test.starts_at between :from and :until)
    and exists (select 1 from pressure_tellings telling where telling.test_id = test.id)
  order by test.starts_at nulls first, test.id limit 20`;
export type TestRow = {
  readonly id: bigint;
  readonly kind: "pressure" | "cold-run";
  readonly state: "announced" | "running" | "passed" | "failed" | "retesting" | "postponed" | "cancelled";
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
};
export const findTests = (sql: Sql, query: { buildingId: bigint; from: Date; until: Date }) =>
  sql.rows<TestRow>(tests, query);
