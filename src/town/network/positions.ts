/** Where places lie on a map with tiles (坐标): set by hand on the map, or many at once from a list. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { putPositions } from "./position-queries.ts";

export type Position = {
  readonly communityId?: bigint | undefined;
  readonly buildingId?: bigint | undefined;
  /** Degrees, as the owner of the tiles counts them. */
  readonly latitude: number;
  readonly longitude: number;
};

const microDegrees = (degrees: number): number => Math.round(degrees * 1_000_000);

/**
 * Puts communities and buildings where they are given, over where they stood. All or none.
 * @throws DomainError `network.position-twice`, `network.place-unknown`
 */
export const placePositions = async (
  context: CommandContext,
  positions: readonly Position[],
): Promise<void> => {
  const names = positions.map(({ communityId, buildingId }) => `${communityId ?? ""}/${buildingId ?? ""}`);
  if (new Set(names).size < names.length) {
    fail("network.position-twice", "a place is named twice in this list", { field: "positions" });
  }
  const rows = positions.map(({ communityId, buildingId, latitude, longitude }) => ({
    communityId: communityId === undefined ? null : String(communityId),
    buildingId: buildingId === undefined ? null : String(buildingId),
    latitudeMicroDegrees: microDegrees(latitude),
    longitudeMicroDegrees: microDegrees(longitude),
  }));
  const put = await putPositions(context.sql, {
    positions: JSON.stringify(rows),
    now: context.now,
    by: staffIdOf(context.actor),
  });
  if (put < rows.length) {
    fail("network.place-unknown", "a community or building of this list does not exist", {
      field: "positions",
      remedy: "look at the network and correct the list; nothing of it was taken",
      facts: { given: rows.length, known: put },
    });
  }
  context.audit({ subject: "network:positions", details: { placed: put } });
};
