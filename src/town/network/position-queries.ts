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
