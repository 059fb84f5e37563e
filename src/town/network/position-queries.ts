/** SQL on where places lie. */
import type { Sql } from "#src/platform/sql.ts";

export type PositionRow = {
  readonly communityId: bigint | null;
  readonly buildingId: bigint | null;
  readonly latitudeMicroDegrees: number;
  readonly longitudeMicroDegrees: number;
};

const all = `
  select community_id as "communityId", building_id as "buildingId", latitude_micro_degrees as "latitudeMicroDegrees",
    longitude_micro_degrees as "longitudeMicroDegrees"
  from place_positions order by id`;
export const findPositions = (sql: Sql) => sql.rows<PositionRow>(all);

type Bindings = { readonly positions: string; readonly now: Date; readonly by: bigint | null };

const GIVEN = `jsonb_to_recordset(:positions::jsonb) given ("communityId" bigint, "buildingId" bigint,
  "latitudeMicroDegrees" integer, "longitudeMicroDegrees" integer)`;
const stand = (key: "communityId" | "buildingId", column: string, table: string): string => `
  insert into place_positions (${column}, latitude_micro_degrees, longitude_micro_degrees, placed_at, placed_by)
  select given."${key}", given."latitudeMicroDegrees", given."longitudeMicroDegrees", :now, :by
  from ${GIVEN} join ${table} place on place.id = given."${key}"
  order by given."${key}"
  on conflict (${column}) do update set latitude_micro_degrees = excluded.latitude_micro_degrees,
    longitude_micro_degrees = excluded.longitude_micro_degrees, placed_at = excluded.placed_at, placed_by = excluded.placed_by
  returning ${column} as id`;
const ofCommunities = stand("communityId", "community_id", "communities");
const ofBuildings = stand("buildingId", "building_id", "buildings");

/** Puts each where it is given, over what stood there; answers how many are places that exist. */
export const putPositions = async (sql: Sql, row: Bindings): Promise<number> =>
  (await sql.rows(ofCommunities, row)).length + (await sql.rows(ofBuildings, row)).length;

/** A community, or (with `buildingId`) a building of one, and where it lies as far as somebody said so. */
export type ListedPlace = {
  readonly communityId: bigint;
  readonly communityCode: string;
  readonly community: string;
  readonly buildingId: bigint | null;
  readonly building: string;
  readonly latitudeMicroDegrees: number | null;
  readonly longitudeMicroDegrees: number | null;
};

const listed = `
  select community.id as "communityId", community.code as "communityCode", community.name as community,
    null::bigint as "buildingId", '' as building, place.latitude_micro_degrees as "latitudeMicroDegrees",
    place.longitude_micro_degrees as "longitudeMicroDegrees"
  from communities community left join place_positions place on place.community_id = community.id
  union all
  select community.id, community.code, community.name, building.id, building.name, place.latitude_micro_degrees,
    place.longitude_micro_degrees
  from buildings building join communities community on community.id = building.community_id
  left join place_positions place on place.building_id = building.id`;
/** All of the town: some thousands. */
export const findListedPlaces = (sql: Sql) => sql.rows<ListedPlace>(listed);
