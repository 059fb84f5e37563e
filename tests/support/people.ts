/** A platform on a test database, and people to act on it. */
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { createStaff, type StaffRole } from "#src/office/staff/index.ts";
import { TEST_SECRET_KEY, type TestDatabase } from "./database.ts";

export const platformOf = (db: TestDatabase, publicUrl = "http://localhost:3000"): Platform => ({
  database: db.database,
  commands: db.commands,
  clock: db.clock,
  secretKey: TEST_SECRET_KEY,
  publicUrl,
});

/** A login in a demo database, with its password given. */
export const person = async (
  db: TestDatabase,
  login: string,
  roles: readonly StaffRole[],
  options: { readonly areaIds?: readonly bigint[]; readonly password?: string } = {},
): Promise<Actor> => {
  const { result } = await db.commands.run({ name: "staff.create", actor: db.actor }, (context) =>
    createStaff(context, {
      login,
      displayName: login,
      roles,
      password: options.password ?? `${login}-password`,
      areaIds: options.areaIds,
    }),
  );
  return {
    kind: "staff",
    id: result.id,
    name: login,
    roles,
    scope: { kind: "everything" },
  };
};
