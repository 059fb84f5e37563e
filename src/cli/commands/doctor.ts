/** `nuan doctor`: is this installation well, and if not, what is to be done. Reads only. */
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import type { Command } from "commander";
import { countQuarantined, listMailboxes, listReceiptPulls } from "#src/messages/messaging/index.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { type Config, settingsTable } from "#src/platform/config.ts";
import { missingMigrations } from "#src/platform/create-platform.ts";
import { connect } from "#src/platform/database.ts";
import {
  readDatabaseFacts,
  readOutboxFigures,
  readSealFigures,
  readServerFigures,
  type ServerFigures,
} from "#src/platform/figures.ts";
import type { Sql } from "#src/platform/sql.ts";
import { lacksSearchTerms } from "#src/town/accounts/index.ts";
import { type CliRuntime, type CliServer, facts, table } from "../runtime.ts";
import {
  carrierFindings,
  diskFinding,
  factFindings,
  type Finding,
  mailFindings,
  migrationFinding,
  outboxFindings,
  sealFinding,
  searchFinding,
  serverFindings,
  skewFinding,
} from "./doctor-findings.ts";

type Setting = { readonly name: string; readonly value: string; readonly given: boolean };

type Report = {
  readonly versions: Readonly<Record<string, string>>;
  readonly database: {
    readonly name: string;
    readonly embedded: string;
    readonly bytes: string;
    readonly connections: number;
  };
  readonly findings: readonly Finding[];
  readonly settings: readonly Setting[];
  readonly ok: boolean;
};

const ourVersion = (): string => {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
};

/** What is set and what is left at its default; the value of a secret is never shown. */
const settingsOf = (env: CliRuntime["env"]): Setting[] =>
  settingsTable().map((row) => {
    const given = env[row.name];
    const isGiven = given !== undefined && given !== "";
    const value = isGiven ? (row.secret ? "(secret)" : given) : row.default;
    return { name: row.name, value, given: isGiven };
  });

/** The server's clock against ours, taken at the middle of the round trip. */
const lookAtServer = async (
  sql: Sql,
): Promise<{ readonly server: ServerFigures; readonly skewMs: number }> => {
  await sql.rows("select 1 as warm");
  const startedAt = systemClock.now().getTime();
  const startedMs = monotonicMs();
  const server = await readServerFigures(sql);
  const halfwayMs = (monotonicMs() - startedMs) / 2;
  return { server, skewMs: server.now.getTime() - (startedAt + halfwayMs) };
};

const lookAtTables = async (
  sql: Sql,
  { messages }: Pick<Config, "messages">,
  isExternal: boolean,
): Promise<Finding[]> => [
  ...factFindings(await readDatabaseFacts(sql), isExternal),
  ...outboxFindings(await readOutboxFigures(sql)),
  ...(await readSealFigures(sql)).map(sealFinding),
  ...mailFindings(await listMailboxes(sql), await countQuarantined(sql)),
  ...carrierFindings(messages, await listReceiptPulls(sql)),
  searchFinding(await lacksSearchTerms(sql)),
];

const examine = async (
  { config, ownerUrl, embedded }: CliServer,
  env: CliRuntime["env"],
): Promise<Report> => {
  const database = connect(ownerUrl, { poolSize: 1, bulkPoolSize: 1, applicationName: "nuan doctor" });
  try {
    const { server, skewMs } = await lookAtServer(database.sql);
    const missing = await missingMigrations(ownerUrl);
    const disk = await statfs(config.dataDir).catch(() => undefined);
    const findings = [
      ...serverFindings(server),
      skewFinding(skewMs),
      ...(disk === undefined ? [] : [diskFinding(config.dataDir, disk.bavail * disk.bsize)]),
      migrationFinding(missing),
      ...(missing.length === 0 ? await lookAtTables(database.sql, config, embedded === "external") : []),
    ];
    return {
      versions: { nuanyang: ourVersion(), node: process.versions.node, postgres: server.version },
      database: {
        name: server.databaseName,
        embedded,
        bytes: server.databaseBytes.toString(),
        connections: server.connections,
      },
      findings,
      settings: settingsOf(env),
      ok: findings.every((one) => one.level !== "bad"),
    };
  } finally {
    await database.close();
  }
};

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;

const show = (report: Report): string =>
  [
    facts([
      ...Object.entries(report.versions),
      [
        "database",
        `${report.database.name} (${report.database.embedded}), ${megabytes(Number(report.database.bytes))}`,
      ],
      ["connections", report.database.connections],
      ["machine", `${availableParallelism()} cores, ${megabytes(totalmem())}`],
    ]),
    table(
      ["", "check", "found", "what to do"],
      report.findings.map((one) => [one.level, one.check, one.found, one.remedy ?? ""]),
    ),
    table(
      ["setting", "value", ""],
      report.settings.map((one) => [one.name, one.value, one.given ? "given" : "default"]),
    ),
    report.ok ? "Well." : "Not well: see the lines marked bad.",
  ].join("\n\n");

export const register = (program: Command, cli: CliRuntime): void => {
  program
    .command("doctor")
    .description("examine this installation: versions, database, clock, disk, queues, seals, settings")
    .action(async () => {
      await cli.runOnServer(async (server) => examine(server, cli.env), show, {
        refused: (report) => !report.ok,
      });
    });
};
