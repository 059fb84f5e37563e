/** `nuan demo seed`: an invented town in an empty database. */
import { type Command, Option } from "commander";
import { DomainError, fail } from "#src/kernel/errors.ts";
import {
  DEMO_LOGINS,
  type DemoLogin,
  type DemoState,
  findDemoState,
  PROFILES,
  type Profile,
  seedDemo,
  type SeedReport,
} from "#src/demo/index.ts";
import { prepareDatabase } from "#src/platform/prepare-database.ts";
import { type CliRuntime, type CliServer, facts, table, wholeNumber } from "../runtime.ts";
import { group } from "./group.ts";

type SeedOptions = {
  readonly households: number;
  readonly seed: number;
  readonly profile: Profile;
  readonly yesDemo?: true;
  readonly firstStart?: true;
};

/** What a first start prints: the logins of the demo, none when the data are somebody's. */
type FirstStart = { readonly logins?: readonly DemoLogin[] };

/** Somebody's server is not turned into a demo by a slip: it must be one, or be empty and meant. */
const refuseOthersServer = (server: CliServer, state: DemoState, options: SeedOptions): void => {
  if (server.embedded !== "external" || state !== "empty" || options.yesDemo === true) return;
  fail("demo.real-database", "DATABASE_URL names a server of yours, and it is not marked as a demo", {
    remedy: "add --yes-demo to fill the empty database with a demo town, or leave DATABASE_URL out",
  });
};

const plant = async (cli: CliRuntime, server: CliServer, options: SeedOptions): Promise<SeedReport> => {
  refuseOthersServer(server, await findDemoState(server.ownerUrl), options);
  await prepareDatabase(
    server.ownerUrl,
    server.appPassword === undefined ? {} : { appPassword: server.appPassword },
  );
  const bar = cli.progress(options.households, "households");
  return seedDemo(server.ownerUrl, options, (written) => bar.update(written));
};

/** The same for `npm start`: what is there is left as it is, and answered for. */
const firstStart = async (cli: CliRuntime, server: CliServer, options: SeedOptions): Promise<FirstStart> => {
  const state = await findDemoState(server.ownerUrl);
  if (state === "real") return {};
  if (state === "demo") return { logins: DEMO_LOGINS };
  try {
    return { logins: (await plant(cli, server, options)).logins };
  } catch (error) {
    // Another one filled it in the meantime.
    if (error instanceof DomainError && error.code === "demo.not-empty") return { logins: DEMO_LOGINS };
    throw error;
  }
};

const print = (report: SeedReport): string =>
  [
    facts([
      ["households", report.households],
      ["communities", report.communities],
      ["stations", report.stations],
      ["service areas", report.serviceAreas],
      ["bills of past seasons", report.bills],
      ["payments", report.payments],
    ]),
    "",
    table(
      ["login", "password", "role"],
      report.logins.map(({ login, password, role }) => [login, password, role]),
    ),
  ].join("\n");

export const register = (program: Command, cli: CliRuntime): void => {
  group(program, "demo")
    .command("seed")
    .description("fill an empty database with an invented town and mark it as a demo")
    .option("--households <number>", "how many households", wholeNumber("households"), 2600)
    .option("--seed <number>", "the same seed makes the same town", wholeNumber("seed"), 2026)
    .addOption(
      new Option("--profile <name>", "mixed, or low-use: 45% of the homes do not use heat")
        .choices([...PROFILES])
        .default("mixed"),
    )
    .option("--yes-demo", "also fill the empty database that DATABASE_URL names")
    .option("--first-start", "as npm start does: leave a filled database alone and print the logins")
    .action(async (options: SeedOptions) => {
      if (options.firstStart === true) {
        await cli.runOnServer(
          async (server) => firstStart(cli, server, options),
          () => "",
        );
        return;
      }
      await cli.runOnServer(async (server) => plant(cli, server, options), print);
    });
};
