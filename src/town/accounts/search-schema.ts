/** What the search box answers of this room: households, and the places that an address names. */
import { z } from "zod";
import { PERSON_ROLES } from "./people-queries.ts";

const accountItems = z.object({
  kind: z.literal("accounts"),
  items: z.array(
    z.object({
      accountNo: z.string(),
      state: z.string(),
      community: z.string(),
      building: z.string(),
      address: z.string(),
      matchedBy: z.enum(["name", "pinyin", "initials", "account", "other", "phone", "address"]),
      people: z.array(
        z.object({ role: z.enum(PERSON_ROLES), name: z.string(), phones: z.array(z.string()) }),
      ),
    }),
  ),
});
const communityItems = z.object({
  kind: z.literal("communities"),
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      district: z.string(),
      street: z.string(),
      buildings: z.int(),
    }),
  ),
});
const buildingItems = z.object({
  kind: z.literal("buildings"),
  items: z.array(
    z.object({ id: z.string(), name: z.string(), communityId: z.string(), community: z.string() }),
  ),
});

/** One shape for each group of `searchTown`. */
export const townGroupsOut = [accountItems, communityItems, buildingItems] as const;
