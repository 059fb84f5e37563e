/** Shapes of the network over HTTP. */
import { z } from "zod";
import { dayIn, rowIdIn } from "#src/platform/route.ts";
import { STATION_OWNERS } from "./queries.ts";

export const nameIn = z.string().trim().min(1).max(100);
const codeIn = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z._-]{1,32}$/, "1 to 32 letters, digits, dots or hyphens");
const phoneIn = z.string().trim().min(3).max(40);

export const addedOut = z.object({ id: z.string() });

export const heatSourceIn = z.strictObject({ code: codeIn, name: nameIn });
export const stationIn = z.strictObject({
  heatSourceId: rowIdIn,
  code: codeIn,
  name: nameIn,
  owner: z.enum(STATION_OWNERS),
  takenOverOn: dayIn.nullable().default(null),
  propertyFirmName: nameIn.nullable().default(null),
  propertyFirmPhone: phoneIn.nullable().default(null),
});
/** What is left out stays as it is; null takes it away. */
export const stationChangeIn = z.strictObject({
  owner: z.enum(STATION_OWNERS).optional(),
  takenOverOn: dayIn.nullable().optional(),
  propertyFirmName: nameIn.nullable().optional(),
  propertyFirmPhone: phoneIn.nullable().optional(),
});
export const loopIn = z.strictObject({
  stationId: rowIdIn,
  code: codeIn,
  zone: z.string().trim().max(40).default(""),
});
export const communityIn = z.strictObject({
  code: codeIn,
  name: nameIn,
  district: nameIn,
  street: z.string().trim().max(60).default(""),
});
export const buildingIn = z.strictObject({ communityId: rowIdIn, loopId: rowIdIn, name: nameIn });
export const unitIn = z.strictObject({ buildingId: rowIdIn, name: z.string().trim().max(40) });
export const premisesIn = z.strictObject({
  unitId: rowIdIn,
  floor: z.string().trim().max(20).default(""),
  door: z.string().trim().min(1).max(40),
});

export const stationOut = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  owner: z.enum(STATION_OWNERS),
  takenOverOn: z.string().nullable(),
  propertyFirmName: z.string().nullable(),
  propertyFirmPhone: z.string().nullable(),
  version: z.int(),
});
export const stationDetailOut = stationOut.extend({
  heatSourceId: z.string(),
  loops: z.array(z.object({ id: z.string(), code: z.string(), zone: z.string() })),
  counts: z.object({
    loops: z.int(),
    communities: z.int(),
    buildings: z.int(),
    premises: z.int(),
  }),
});
export const treeOut = z.object({
  heatSources: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      stations: z.array(
        z.object({ id: z.string(), code: z.string(), name: z.string(), owner: z.enum(STATION_OWNERS) }),
      ),
    }),
  ),
});
export const communityOut = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  baseName: z.string(),
  phase: z.string(),
  district: z.string(),
  street: z.string(),
});
export const buildingsOut = z.object({
  buildings: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      loopId: z.string(),
      stationId: z.string(),
      premises: z.int(),
    }),
  ),
});
