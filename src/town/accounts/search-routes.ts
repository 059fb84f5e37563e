/** The search box over HTTP. What is typed may be a name or a phone, so it travels in the body and never in an address. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { PERSON_ROLES } from "./people-queries.ts";
import { searchTown } from "./search.ts";

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

export const searchRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/search",
    permission: "account.read",
    tag: "Accounts 户号",
    summary:
      "Find households by name, pinyin, initials, the last digits of a phone, any number, or an address; changes nothing",
    body: z.strictObject({
      q: z.string().trim().min(1).max(80),
      limit: z.int().min(1).max(50).default(20),
    }),
    response: z.object({
      groups: z.array(z.discriminatedUnion("kind", [accountItems, communityItems, buildingItems])),
    }),
    handle: async ({ platform, actor, body }) => ({
      body: await searchTown(platform.database.sql, actor, today(platform.clock), body.q, body.limit),
    }),
  }),
];
