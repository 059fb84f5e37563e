/** The network over HTTP: the tree, one station, communities and their buildings; additions by administrators. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Action } from "#src/platform/actions.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  rowIdIn,
  type Route,
} from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import {
  createBuilding,
  createCommunity,
  createHeatSource,
  createLoop,
  createPremises,
  createStation,
  createUnit,
} from "./build-network.ts";
import { changeStation } from "./change-station.ts";
import { positionRoutes } from "./position-routes.ts";
import {
  exists,
  findBuildings,
  findCommunities,
  findLoops,
  findStation,
  findTree,
  type StationRow,
} from "./queries.ts";
import {
  addedOut,
  buildingIn,
  buildingsOut,
  communityIn,
  communityOut,
  heatSourceIn,
  loopIn,
  premisesIn,
  stationChangeIn,
  stationDetailOut,
  stationIn,
  stationOut,
  treeOut,
  unitIn,
} from "./schema.ts";

const tag = "Network 管网";

/** POST /network/<plural>: one thing added under a name that is not there yet. */
const addition = <Body extends z.ZodType>(
  plural: string,
  command: Action,
  body: Body,
  work: (context: CommandContext, input: z.output<Body>) => Promise<bigint>,
): Route =>
  defineRoute({
    method: "post",
    path: `/network/${plural}`,
    permission: "network.write",
    tag,
    summary: `Add one of the ${plural.replaceAll("-", " ")}`,
    body,
    response: addedOut,
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, body: input, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: command, actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => ({ id: String(await work(context, input)) }),
      );
      return { body: result };
    },
  });

const readTree = defineRoute({
  method: "get",
  path: "/network",
  permission: "network.read",
  tag,
  summary: "Heat sources with their stations",
  response: treeOut,
  handle: async ({ platform }) => {
    const heatSources = new Map<string, z.input<typeof treeOut>["heatSources"][number]>();
    for (const row of await findTree(platform.database.sql)) {
      const id = String(row.sourceId);
      const source = heatSources.get(id) ?? { id, code: row.sourceCode, name: row.sourceName, stations: [] };
      heatSources.set(id, source);
      if (row.stationId !== null) {
        source.stations.push({
          id: String(row.stationId),
          code: row.stationCode,
          name: row.stationName,
          owner: row.owner,
        });
      }
    }
    return { body: { heatSources: [...heatSources.values()] } };
  },
});

const stationJson = (station: StationRow): z.input<typeof stationOut> => ({
  id: String(station.id),
  code: station.code,
  name: station.name,
  owner: station.owner,
  takenOverOn: station.takenOverOn,
  propertyFirmName: station.propertyFirmName,
  propertyFirmPhone: station.propertyFirmPhone,
  version: station.version,
});

const readStation = defineRoute({
  method: "get",
  path: "/network/stations/{stationId}",
  permission: "network.read",
  tag,
  summary: "One station: who runs it, its loops, and how much it heats",
  params: z.strictObject({ stationId: rowIdIn }),
  response: stationDetailOut,
  handle: async ({ platform, params }) => {
    const { sql } = platform.database;
    const station = await findStation(sql, params.stationId);
    if (station === null) fail("station.not-found", "there is no such station", { field: "stationId" });
    const loops = await findLoops(sql, station.id);
    return {
      body: {
        ...stationJson(station),
        heatSourceId: String(station.heatSourceId),
        loops: loops.map((loop) => ({ ...loop, id: String(loop.id) })),
        counts: {
          loops: station.loops,
          communities: station.communities,
          buildings: station.buildings,
          premises: station.premises,
        },
      },
      headers: { ETag: `"${station.version}"` },
    };
  },
});

const changeStationRoute = defineRoute({
  method: "patch",
  path: "/network/stations/{stationId}",
  permission: "network.write",
  tag,
  summary: "Change who runs a station, since when, and whom a caller is sent to; what is left out stays",
  params: z.strictObject({ stationId: rowIdIn }),
  body: stationChangeIn,
  response: stationOut,
  ifMatch: true,
  handle: async (request) => {
    const { stationId } = request.params;
    const { takenOverOn, ...change } = request.body;
    const since = takenOverOn === undefined || takenOverOn === null ? takenOverOn : day(takenOverOn);
    const station = await changeSeen(request, "network.change-station", async (context, version) =>
      stationJson(
        await changeStation(context, { stationId, version, change: { ...change, takenOverOn: since } }),
      ),
    );
    return { body: station, headers: { ETag: `"${station.version}"` } };
  },
});

const listCommunities = defineRoute({
  method: "get",
  path: "/network/communities",
  permission: "network.read",
  tag,
  summary: "Communities, with the phase split off the name",
  query: pageIn,
  response: pageOf(communityOut),
  handle: async ({ platform, query }) => {
    const after = idOfCursor(query.cursor) ?? 0n;
    const rows = await findCommunities(platform.database.sql, after, query.limit + 1);
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [String(row.id)],
        (row) => ({ ...row, id: String(row.id) }),
      ),
    };
  },
});

const listBuildings = defineRoute({
  method: "get",
  path: "/network/communities/{communityId}/buildings",
  permission: "network.read",
  tag,
  summary: "The buildings of a community and the stations that heat them",
  params: z.strictObject({ communityId: rowIdIn }),
  response: buildingsOut,
  handle: async ({ platform, params }) => {
    const { sql } = platform.database;
    if (!(await exists(sql, "communities", params.communityId))) {
      fail("community.not-found", "there is no such community", { field: "communityId" });
    }
    const rows = await findBuildings(sql, params.communityId);
    return {
      body: {
        buildings: rows.map((row) => ({
          ...row,
          id: String(row.id),
          loopId: String(row.loopId),
          stationId: String(row.stationId),
        })),
      },
    };
  },
});

export const networkRoutes: readonly Route[] = [
  readTree,
  readStation,
  changeStationRoute,
  listCommunities,
  listBuildings,
  ...positionRoutes,
  addition("heat-sources", "network.add-heat-source", heatSourceIn, createHeatSource),
  addition("stations", "network.add-station", stationIn, (context, input) =>
    createStation(context, {
      ...input,
      takenOverOn: input.takenOverOn === null ? null : day(input.takenOverOn),
    }),
  ),
  addition("loops", "network.add-loop", loopIn, createLoop),
  addition("communities", "network.add-community", communityIn, createCommunity),
  addition("buildings", "network.add-building", buildingIn, createBuilding),
  addition("units", "network.add-unit", unitIn, createUnit),
  addition("premises", "network.add-premises", premisesIn, createPremises),
];
