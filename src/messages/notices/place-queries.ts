/** SQL on the places that an audience names: what they are called, for whoever reads it. */
import type { Sql } from "#src/platform/sql.ts";
import type { Notice } from "./schema.ts";

export const NAMED_PLACES = [
  "heatSourceIds",
  "stationIds",
  "loopIds",
  "communityIds",
  "buildingIds",
  "areaIds",
] as const;
export type NamedPlace = (typeof NAMED_PLACES)[number];

/** Of each kind; more are shown as their number. */
const MOST_NAMED = 200;

const PLACES = `
  select 'heatSourceIds' as key, source.id, source.name from heat_sources source where source.id = any(:heatSourceIds::bigint[])
  union all select 'stationIds', station.id, station.name from stations station where station.id = any(:stationIds::bigint[])
  union all select 'loopIds', loop.id, station.name || ' ' || loop.code || loop.zone
    from loops loop join stations station on station.id = loop.station_id where loop.id = any(:loopIds::bigint[])
  union all select 'communityIds', community.id, community.name
    from communities community where community.id = any(:communityIds::bigint[])
  union all select 'buildingIds', building.id, community.name || building.name
    from buildings building join communities community on community.id = building.community_id
    where building.id = any(:buildingIds::bigint[])
  union all select 'areaIds', area.id, area.name from service_areas area where area.id = any(:areaIds::bigint[])
  order by 1, 2`;

export const findPlaces = (
  sql: Sql,
  audience: Notice["audience"],
): Promise<{ key: NamedPlace; id: bigint; name: string }[]> =>
  sql.rows(
    PLACES,
    Object.fromEntries(NAMED_PLACES.map((key) => [key, (audience[key] ?? []).slice(0, MOST_NAMED)])),
  );
