/**
 * Where the story is played: an installation in a folder of its own, with a business clock that the story sets, the
 * command line as a person would use it, the API as a process, and a list of what was expected and what was found.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { assert, must } from "#src/kernel/errors.ts";
import { fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { loadConfig, type Config } from "#src/platform/config.ts";
import { createPlatform, type RunningPlatform } from "#src/platform/create-platform.ts";
import { connect, type Database } from "#src/platform/database.ts";
import { type EmbeddedDatabase, startEmbedded } from "#src/platform/embedded-postgres/index.ts";
import { prepareDatabase } from "#src/platform/prepare-database.ts";
import { runCli } from "../nuan.ts";
import { type Api, startApi, startWorker } from "./processes.ts";

/** One line of the table at the end. */
export type Step = {
  readonly zh: string;
  readonly en: string;
  readonly expected: string;
  readonly found: string;
};

type Json = Readonly<Record<string, unknown>>;

export type Ran = { readonly code: number; readonly result: Json };

/** Reads a path of keys out of a JSON answer; a missing one is what was found. */
export const at = (value: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  );

export const yuan = (value: unknown): string =>
  typeof value === "number" || typeof value === "bigint" ? formatYuanGrouped(fen(value)) : String(value);

const shown = (value: unknown): string => {
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? "无 none" : value.map(String).join(" / ");
};

export class Stage {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Config;
  readonly steps: Step[] = [];
  readonly #tell: (step: Step) => void;
  #server: EmbeddedDatabase | undefined;
  #owner: Database | undefined;
  #platform: RunningPlatform | undefined;
  #api: Api | undefined;

  constructor(tell: (step: Step) => void) {
    this.#tell = tell;
    this.folder = mkdtempSync(path.join(tmpdir(), "nuanyang-demo-"));
    // Started by root, the database server runs as another account, which must pass through.
    chmodSync(this.folder, 0o711);
    this.env = {
      DATA_DIR: path.join(this.folder, "data"),
      LOG_LEVEL: "error",
      PATH: process.env["PATH"] ?? "",
    };
    this.config = loadConfig(this.env);
  }

  /** A new installation: server, schema, flagged as a demo so that its clock may be moved. */
  async raise(): Promise<void> {
    const server = must(await startEmbedded(this.config.dataDir, { role: "command" }), "a folder of our own");
    this.#server = server;
    await prepareDatabase(server.ownerUrl, { appPassword: server.appPassword });
    this.#owner = connect(server.ownerUrl, { poolSize: 1, bulkPoolSize: 1, applicationName: "nuan story" });
    await this.#owner.sql.run(
      "update database_facts set demo = true, company_name = '暖阳热力（演示）', hotline = '0371-6000-1000'",
    );
    this.#platform = await createPlatform(this.config, server, { applicationName: "nuan story" });
  }

  get owner(): Database {
    return must(this.#owner, "the owner's connection");
  }
  get platform(): RunningPlatform {
    return must(this.#platform, "the platform");
  }
  get server(): EmbeddedDatabase {
    return must(this.#server, "the server");
  }
  get api(): Api {
    return must(this.#api, "the API process");
  }

  /** Ends what runs, last first, and removes the folder. */
  async strike(): Promise<void> {
    await this.#api?.stop();
    await this.#platform?.close();
    await this.#owner?.close();
    await this.#server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One line of the table; lists are shown with strokes between. */
  check(zh: string, en: string, expected: unknown, found: unknown): void {
    const step = { zh, en, expected: shown(expected), found: shown(found) };
    this.steps.push(step);
    this.#tell(step);
  }

  /** `nuan ... --json`: the exit code and the one object that it prints. */
  async nuan(...argv: readonly string[]): Promise<Ran> {
    return this.nuanIn(this.env, ...argv);
  }

  async nuanIn(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ran> {
    let printed = "";
    const stdout = new PassThrough().on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
    let code = 0;
    await runCli({
      env,
      argv: [...argv, "--json"],
      stdout,
      stderr: new PassThrough().resume(),
      setExitCode: (value) => {
        code = value;
      },
    });
    // What was written last is still on its way through the stream.
    await new Promise((resolve) => setImmediate(resolve));
    const result: unknown = JSON.parse(printed);
    assert(typeof result === "object" && result !== null, `nuan ${argv[0] ?? ""} prints an object`);
    return { code, result: Object.fromEntries(Object.entries(result)) };
  }

  /** The same for what must succeed: a refusal ends the story. */
  async nuanDone(...argv: readonly string[]): Promise<Json> {
    const { code, result } = await this.nuan(...argv);
    assert(code === 0, `nuan ${argv.join(" ")}: ${JSON.stringify(result)}`);
    return result;
  }

  /** Sets the business time. The API, if it is needed, is started anew, so that it is at that time at once. */
  async setTime(instant: string, options: { readonly api?: boolean } = {}): Promise<void> {
    await this.#api?.stop();
    this.#api = undefined;
    await this.nuanDone("demo", "clock", "set", instant);
    await this.platform.refreshClock();
    if (options.api === true) this.#api = await startApi(this.env);
  }

  /** Lets the worker process handle every event that waits. */
  async settleEvents(): Promise<void> {
    const worker = startWorker(this.env);
    try {
      await worker.until(async () => {
        const left = await this.count("select count(*) from outbox_events where settled_at is null");
        return left === 0;
      });
    } finally {
      await worker.stop();
    }
  }

  /** The one number of a query. */
  async count(text: string, bindings: Readonly<Record<string, unknown>> = {}): Promise<number> {
    const row = await this.owner.sql.one<Record<string, bigint | number | string>>(text, bindings);
    return Number(Object.values(row)[0]);
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }
}
