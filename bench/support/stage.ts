/**
 * The stage of a bench: one PostgreSQL server as in production (fsync on), a planted town with two billed and paid seasons
 * behind it, and clones of it, so that every run starts from the same rows.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, type Database } from "#src/platform/database.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import { sealAll } from "#src/platform/seal.ts";
import { startServer, urlFor, withServer } from "#tests/support/server.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

export const SECRET_KEY = "bench-secret-key-of-at-least-32-characters";
export const CTI_SECRET = "bench-exchange-secret-of-at-least-32-characters";
export const CHANNEL = "bench-bank";

export type Stage = {
  readonly households: number;
  readonly serverUrl: string;
  /** A fresh copy of the template. */
  clone(): Promise<Clone>;
  close(): Promise<void>;
};

export type Clone = {
  readonly url: string;
  readonly database: Database;
  drop(): Promise<void>;
};

/** Pays every open bill of a season through the routine that bank files use, in chunks. */
const payAll = async (database: Database, season: number, households: number): Promise<void> => {
  const chunk = 5000;
  for (let from = 1; from <= households; from += chunk) {
    await database.bulk(async (sql) => {
      await sql.rows(
        `select count(*) from (
           select post_payments(1::smallint, 'channel_clearing', 'transfer', null, make_date(:season::int, 10, 1), null, now(),
             'old-debt-first', :season::smallint, array_agg(account_id), array_agg(amount_fen),
             array_agg('plant-' || :season::int || '-' || account_id), array_agg(now()),
             array_agg(make_date(:season::int, 10, 1)), array_agg(null::bigint))
           from bills where season_id = :season::int and account_id between :from::bigint and :until::bigint) paid`,
        { season, from, until: from + chunk - 1 },
      );
    });
  }
};

/** Runs `nuan` against a database and answers its JSON, how long it took, and its peak memory. */
export type Run = { readonly ms: number; readonly peakMiB: number; readonly output: Record<string, unknown> };

export const benchEnvironment = (url: string): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  DATABASE_URL: url,
  SECRET_KEY,
  CTI_SECRET,
  LOG_LEVEL: "info",
});

/** Peak resident memory of a process in MiB, as the kernel kept it; 0 when it is gone. */
export const peakOf = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? "0") / 1024;
  } catch {
    return 0;
  }
};

const finished = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });

/** Node's options of `npm run nuan`, which bound the young generation. */
export const NODE_OPTIONS = ["--max-semi-space-size=8"];

export const nuan = async (url: string, args: readonly string[]): Promise<Run> => {
  const started = monotonicMs();
  const child = spawn(process.execPath, [...NODE_OPTIONS, "src/cli/nuan.ts", ...args, "--json"], {
    env: benchEnvironment(url),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  let peakMiB = 0;
  const watch = setInterval(() => (peakMiB = Math.max(peakMiB, peakOf(child.pid ?? 0))), 50);
  const code = await finished(child);
  clearInterval(watch);
  const ms = monotonicMs() - started;
  if (code !== 0) throw new Error(`nuan ${args.join(" ")} ended with ${code}: ${out}${err}`);
  return { ms, peakMiB, output: JSON.parse(out) as Record<string, unknown> };
};

/**
 * @param billed whether the bills of 2026 are there already (for imports and payments), or are to be issued
 */
export const raiseStage = async (
  households: number,
  billed: boolean,
  plantMore?: (owner: Database) => Promise<void>,
): Promise<Stage> => {
  const server = await startServer();
  const template = "bench_template";
  await withServer(server.url, (client) =>
    client.query(`create database ${template} encoding 'UTF8' template template0`),
  );
  const templateUrl = urlFor(server.url, template);
  await nuan(templateUrl, ["db", "migrate"]);
  const owner = connect(templateUrl, { poolSize: 2, bulkPoolSize: 1 });
  await plantSeasons(owner, 2024, 2026);
  await plantTown(owner, households);
  await owner.sql.run(
    `insert into channels (id, code, name, kind, real_time, profile)
     values (1, '${CHANNEL}', 'Bench', 'bank', false, 'zz-bank-gb18030')`,
  );
  for (const season of [2024, 2025]) {
    await plantBills(owner, season, "due");
    await payAll(owner, season, households);
  }
  if (billed) await plantBills(owner, 2026, "offered");
  await plantMore?.(owner);
  // What was written in former seasons was sealed then.
  await sealAll(owner, { timeoutMs: 600_000 });
  await owner.withBulkClient(async (client) => client.query("vacuum analyze"));
  await owner.close();
  return {
    households,
    serverUrl: server.url,
    clone: async () => {
      const name = `bench_${randomBytes(4).toString("hex")}`;
      await withServer(server.url, async (client) => {
        await client.query(`create database ${name} template ${template} strategy file_copy`);
        await client.query("checkpoint");
      });
      const url = urlFor(server.url, name);
      const database = connect(url, { poolSize: 4, bulkPoolSize: 2 });
      return {
        url,
        database,
        drop: async () => {
          await database.close();
          await withServer(server.url, (client) => client.query(`drop database ${name} with (force)`));
        },
      };
    },
    close: () => server.stop(),
  };
};
