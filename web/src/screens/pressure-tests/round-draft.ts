/** What somebody types of a round, and what the API takes of it. */
import { call } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import type { Place } from "#web/furniture/place-keys.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";

export type Round = Body<"post", "/pressure-rounds">;

/** As it is typed: in the wall time of the house. */
export type OwnWindow = { readonly startsAt: string; readonly endsAt: string };

export const EMPTY = {
  kind: "pressure" as Round["kind"],
  places: [] as readonly Place[],
  startsAt: "",
  endsAt: "",
  contactName: "",
  contactNumber: "",
  requiredKpa: "800",
  holdMinutes: "30",
  allowedDropKpa: "20",
  title: "",
  note: "",
  /** By building: a crew walks from one to the next. */
  windows: {} as Readonly<Record<string, OwnWindow>>,
};
export type RoundDraft = typeof EMPTY;

export const KEYS = ["stationIds", "loopIds", "buildingIds", "communityIds"] as const;
const whole = (typed: string): number => Number(typed.normalize("NFKC").trim());
const firstOf = (places: readonly Place[], key: Place["key"]): string | undefined =>
  places.find((place) => place.key === key)?.id;

/** The places as the API takes them; null while none is named. */
export const whereOf = ({ places }: Pick<RoundDraft, "places">) => {
  const [stationId, loopId] = [firstOf(places, "stationIds"), firstOf(places, "loopIds")];
  const buildingIds = places.filter(({ key }) => key === "buildingIds").map(({ id }) => id);
  if (stationId === undefined && loopId === undefined && buildingIds.length === 0) return null;
  return {
    ...(stationId === undefined ? {} : { stationId }),
    ...(loopId === undefined ? {} : { loopId }),
    ...(buildingIds.length === 0 ? {} : { buildingIds }),
  };
};

type Windows = NonNullable<Round["windows"]>;
/** Windows of their own, of buildings that the round holds; null while one of them is not complete. */
const windowsOf = (draft: RoundDraft, held: readonly string[]): Windows | null => {
  const windows: Windows = [];
  for (const [buildingId, own] of Object.entries(draft.windows)) {
    if (!held.includes(buildingId)) continue;
    const [startsAt, endsAt] = [instantOfWallTime(own.startsAt), instantOfWallTime(own.endsAt)];
    if (startsAt === undefined || endsAt === undefined) return null;
    windows.push({ buildingId, startsAt, endsAt });
  }
  return windows;
};

/** What the API takes; null while something is missing. `held`: the buildings behind what is named. */
export const roundOf = (draft: RoundDraft, held: readonly string[]): Round | null => {
  const [startsAt, endsAt] = [instantOfWallTime(draft.startsAt), instantOfWallTime(draft.endsAt)];
  const where = whereOf(draft);
  const windows = windowsOf(draft, held);
  if (startsAt === undefined || endsAt === undefined || where === null || windows === null) return null;
  if (draft.contactName.trim() === "" || draft.contactNumber.trim() === "") return null;
  return {
    kind: draft.kind,
    startsAt,
    endsAt,
    contactName: draft.contactName.trim(),
    contactNumber: draft.contactNumber.trim(),
    ...where,
    ...(windows.length === 0 ? {} : { windows }),
    ...(draft.kind === "pressure"
      ? {
          pressure: {
            requiredKpa: whole(draft.requiredKpa),
            holdMinutes: whole(draft.holdMinutes),
            allowedDropKpa: whole(draft.allowedDropKpa),
          },
        }
      : {}),
    ...(draft.title.trim() === "" ? {} : { title: draft.title.trim() }),
    ...(draft.note.trim() === "" ? {} : { note: draft.note.trim() }),
  };
};

/** A community stands for its buildings; a round is of one station and one loop at most. */
export const spread = async (places: readonly Place[]): Promise<readonly Place[]> => {
  const found = await Promise.all(
    places.map(async (place): Promise<readonly Place[]> => {
      if (place.key !== "communityIds") return [place];
      const { data } = await call.GET("/network/communities/{communityId}/buildings", {
        params: { path: { communityId: place.id } },
      });
      return (data?.buildings ?? []).map(({ id, name }) => ({
        key: "buildingIds" as const,
        id,
        name: `${place.name}${name}`,
      }));
    }),
  );
  const byKey = new Map(
    found.flat().map((place) => [place.key === "buildingIds" ? `buildingIds ${place.id}` : place.key, place]),
  );
  return [...byKey.values()];
};
