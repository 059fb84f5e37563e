/**
 * `npm run test:services`: the integration suite on the oldest servers that we promise to run on, Debian's PostgreSQL 15 and
 * redis-server. The server is made in a temporary folder, in memory where there is room, and goes away with the run.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { folderInMemory, SERVER_DATA } from "./memory-folder.ts";
import { freePort } from "./outside-server.ts";

const binaries = "/usr/lib/postgresql/15/bin";
if (!existsSync(`${binaries}/postgres`)) {
  process.stderr.write("PostgreSQL 15 is not installed: apt-get install postgresql-15 redis-server\n");
  process.exit(1);
}

const inMemory = folderInMemory();
const folder = inMemory ?? mkdtempSync(path.join(tmpdir(), "nuanyang-pg15-"));
chmodSync(folder, 0o755);
// PostgreSQL refuses to run as root; Debian's package brings an account for it.
const asRoot = process.getuid?.() === 0;
const idOf = (flag: string): number =>
  Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout.trim());
const account = asRoot ? { uid: idOf("-u"), gid: idOf("-g") } : {};
if (asRoot) chownSync(folder, idOf("-u"), idOf("-g"));
const data = path.join(folder, SERVER_DATA);

const must = (command: string, args: readonly string[]): void => {
  const done = spawnSync(command, args, { ...account, encoding: "utf8", cwd: folder });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr}${done.stdout}`);
};

must(`${binaries}/initdb`, [
  "-D",
  data,
  "-U",
  "postgres",
  "--auth=trust",
  "--encoding=UTF8",
  "--locale=C.UTF-8",
]);
const port = await freePort();
const server = spawn(
  `${binaries}/postgres`,
  [
    "-D",
    data,
    "-p",
    String(port),
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "unix_socket_directories=",
    "-c",
    "fsync=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=200",
    "-c",
    "max_parallel_workers_per_gather=0",
    "-c",
    "timezone=UTC",
  ],
  { ...account, stdio: ["ignore", "ignore", "ignore"] },
);
const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
let code = 1;
try {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    const answered = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (answered) break;
    if (tries > 200) throw new Error("PostgreSQL 15 did not start");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const run = spawn("vitest", ["run", ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, TEST_SERVICES: "1", TEST_DATABASE_URL: url, TMPDIR: inMemory ?? tmpdir() },
  });
  code = await new Promise<number>((resolve) => run.once("close", (status) => resolve(status ?? 1)));
} finally {
  const ended = new Promise((resolve) => server.once("close", resolve));
  server.kill("SIGINT");
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
