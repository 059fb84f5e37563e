/** By what the places of an audience are named. */
export const PLACE_KEYS = [
  "heatSourceIds",
  "stationIds",
  "loopIds",
  "communityIds",
  "buildingIds",
  "areaIds",
] as const;
export type PlaceKey = (typeof PLACE_KEYS)[number];
export type Place = { readonly key: PlaceKey; readonly id: string; readonly name: string };

/** Chosen places as the API takes them: `{ stationIds: ["1"], buildingIds: ["7", "8"] }`. */
export const idsByKey = (places: readonly Place[]): { readonly [Key in PlaceKey]?: string[] } =>
  Object.fromEntries(
    PLACE_KEYS.map((key) => [key, places.filter((place) => place.key === key).map(({ id }) => id)]).filter(
      ([, ids]) => ids !== undefined && ids.length > 0,
    ),
  );
