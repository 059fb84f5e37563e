/** `nuan user add`: a login for a person, with an initial password that opens one session. */
import type { Command } from "commander";
import { DomainError } from "#src/kernel/errors.ts";
import { areaIdsByCode, createStaff } from "#src/office/staff/index.ts";
import { STAFF_ROLES, type StaffRole } from "#src/platform/actor.ts";
import { type CliRuntime, facts } from "../runtime.ts";
import { group } from "./group.ts";

type Options = { readonly role: StaffRole[]; readonly name?: string; readonly area: string[] };

const collectRole = (text: string, before: StaffRole[]): StaffRole[] => {
  const role = STAFF_ROLES.find((known) => known === text);
  if (role === undefined) {
    throw new DomainError("usage.unknown-role", `--role is one of ${STAFF_ROLES.join(", ")}`, {
      field: "role",
    });
  }
  return [...before, role];
};

const collect = (text: string, before: string[]): string[] => [...before, text];

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "user")
    .command("add")
    .description("make a login; its initial password is shown this once and opens one session")
    .argument("<login>", "2 to 40 small letters, digits, dots, hyphens")
    .requiredOption("--role <role>", `repeatable: ${STAFF_ROLES.join(", ")}`, collectRole, [] as StaffRole[])
    .option("--name <name>", "how the person is called; the login by default")
    .option(
      "--area <code>",
      "repeatable: bound to this service area and what is below it",
      collect,
      [] as string[],
    )
    .action(async (login: string, options: Options) => {
      await cli.run(
        async ({ commands, actor, requestId }) => {
          const { result } = await commands.run({ name: "staff.create", actor, requestId }, async (context) =>
            createStaff(context, {
              login,
              displayName: options.name ?? login,
              roles: options.role,
              areaIds: await areaIdsByCode(context, options.area),
            }),
          );
          return { ...result, roles: options.role };
        },
        (created) =>
          facts([
            ["login", created.login],
            ["roles", created.roles.join(", ")],
            ["initial password", created.initialPassword],
          ]),
      );
    });
};
