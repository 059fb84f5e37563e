/** What each role may do, as it is decided in one table of the program. */
import { z } from "zod";
import { PERMISSIONS, type Permission, type Role, ROLES } from "#src/platform/actor.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { needsSecondFactor } from "./second-factor.ts";

const permissionsOf = (role: Role): string[] =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => {
    const allowed: readonly string[] = PERMISSIONS[permission];
    return allowed.includes(role);
  });

export const roleRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/roles",
    permission: "staff.read",
    summary: "Every role with its permissions, and whether it needs an authenticator",
    tag: "staff",
    response: z.object({
      roles: z.array(
        z.object({
          role: z.enum(ROLES),
          permissions: z.array(z.string()),
          secondFactor: z.boolean(),
        }),
      ),
    }),
    handle: async () => ({
      body: {
        roles: ROLES.map((role) => ({
          role,
          permissions: permissionsOf(role),
          secondFactor: needsSecondFactor({ roles: [role], enrolled: false, demo: false }),
        })),
      },
    }),
  }),
];
