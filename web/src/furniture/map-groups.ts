/** Which buildings lie where: at a position of their own, or all that have none at that of their community. */
import type { Answer } from "#web/api/types.ts";
import { type Point, toWorld } from "./mercator.ts";
import type { Spot, Tone } from "./spot-grid.tsx";

export type SpotGroup = {
  readonly key: string;
  /** Of the building, or of the community where it stands for several. */
  readonly name: string;
  readonly point: Point;
  readonly spots: readonly Spot[];
  /** The worst of them. */
  readonly tone: Tone;
};

type MapData = Answer<"get", "/network/map">;

const WORST_FIRST: readonly Tone[] = ["bad", "warn", "info", "plain", "good"];
const worstOf = (spots: readonly Spot[]): Tone =>
  WORST_FIRST.find((tone) => spots.some((spot) => spot.tone === tone)) ?? "plain";

const pointsOf = (places: MapData["communities"] | undefined): ReadonlyMap<string, Point> =>
  new Map((places ?? []).map((place) => [place.id, toWorld(place)]));

export const spotsByPosition = (
  spots: readonly Spot[],
  map: MapData | undefined,
): { readonly groups: readonly SpotGroup[]; readonly unplaced: readonly Spot[] } => {
  const [buildings, communities] = [pointsOf(map?.buildings), pointsOf(map?.communities)];
  const single = spots.flatMap((spot): SpotGroup[] => {
    const point = buildings.get(spot.id);
    const name = `${spot.community}${spot.name}`;
    return point === undefined ? [] : [{ key: `b${spot.id}`, name, point, spots: [spot], tone: spot.tone }];
  });
  const rest = spots.filter(({ id }) => !buildings.has(id));
  const together = [...Map.groupBy(rest, ({ communityId }) => communityId)].flatMap(
    ([communityId, members]): SpotGroup[] => {
      const point = communities.get(communityId);
      const name = members[0]?.community ?? "";
      return point === undefined
        ? []
        : [{ key: `c${communityId}`, name, point, spots: members, tone: worstOf(members) }];
    },
  );
  return {
    groups: [...together, ...single],
    unplaced: rest.filter(({ communityId }) => !communities.has(communityId)),
  };
};
