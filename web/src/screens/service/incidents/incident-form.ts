/** What is being typed for a new incident, and what is sent of it. */
import type { Body } from "#web/api/types.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import { idsByKey, type Place } from "#web/furniture/place-keys.ts";

export type IncidentDraft = {
  readonly kind: string | null;
  readonly places: readonly Place[];
  /** As typed into a field of day and hour. */
  readonly starts: string;
  readonly back: string;
  readonly note: string;
  readonly title: string;
  readonly script: string;
  readonly scriptEn: string;
};

export const EMPTY_INCIDENT: IncidentDraft = {
  kind: null,
  places: [],
  starts: "",
  back: "",
  note: "",
  title: "",
  script: "",
  scriptEn: "",
};

export type Reach = Body<"post", "/incident-reach">;

const given = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());

/** Several stations cannot be one incident's place. */
export const hasTooMany = (places: readonly Place[]): boolean => {
  const { heatSourceIds = [], stationIds = [], loopIds = [] } = idsByKey(places);
  return [heatSourceIds, stationIds, loopIds].some((ids) => ids.length > 1);
};

/** What is asked of the reach, and sent with the opening; null until kind and place are chosen. */
export const reachOf = (draft: IncidentDraft): Reach | null => {
  if (draft.kind === null || draft.places.length === 0 || hasTooMany(draft.places)) return null;
  const { heatSourceIds, stationIds, loopIds, buildingIds } = idsByKey(draft.places);
  const startsAt = instantOfWallTime(draft.starts);
  const expectedBackAt = instantOfWallTime(draft.back);
  const script = given(draft.script);
  const scriptEn = given(draft.scriptEn);
  return {
    kind: draft.kind,
    ...(heatSourceIds?.[0] === undefined ? {} : { heatSourceId: heatSourceIds[0] }),
    ...(stationIds?.[0] === undefined ? {} : { stationId: stationIds[0] }),
    ...(loopIds?.[0] === undefined ? {} : { loopId: loopIds[0] }),
    ...(buildingIds === undefined ? {} : { buildingIds }),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(expectedBackAt === undefined ? {} : { expectedBackAt }),
    ...(script === undefined ? {} : { script }),
    ...(scriptEn === undefined ? {} : { scriptEn }),
  };
};

export const openingOf = (draft: IncidentDraft, reach: Reach): Body<"post", "/incidents"> => {
  const note = given(draft.note);
  const title = given(draft.title);
  return { ...reach, ...(note === undefined ? {} : { note }), ...(title === undefined ? {} : { title }) };
};
