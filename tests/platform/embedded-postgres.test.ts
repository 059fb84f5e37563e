import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DomainError } from "#src/kernel/errors.ts";
import { loadConfig } from "#src/platform/config.ts";
import { locateDatabase, startEmbedded } from "#src/platform/embedded-postgres/index.ts";
import { explainFailure, explainFolder } from "#src/platform/embedded-postgres/failures.ts";
import { tryLockFolder } from "#src/platform/embedded-postgres/folder-lock.ts";
import { dataFolder, hasServer, occupy, postmasterOf, run, until, type Talker } from "./processes.ts";

const found = z.object({ embedded: z.string(), ownerUrl: z.string(), appUrl: z.string() });

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

const foundBy = async (talker: Talker): Promise<z.infer<typeof found>> => {
  await talker.hears("}\n");
  return found.parse(JSON.parse(talker.said()));
};

const refusalOf = async (work: Promise<unknown>): Promise<DomainError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("it was not refused");
};

describe("the embedded database", () => {
  test("is started, has what the schema needs, is attached to by the next, and is kept", async () => {
    const config = loadConfig({ DATA_DIR: dataFolder() });
    const first = await locateDatabase(config);
    expect(first.embedded).toBe("started");
    for (const extension of ["btree_gist", "pg_trgm", "pgcrypto"]) {
      await query(first.ownerUrl, `create extension ${extension}`);
    }
    const [facts] = await query(
      first.ownerUrl,
      `select current_setting('fsync') as fsync, current_setting('timezone') as zone,
              current_setting('server_encoding') as encoding, show_trgm('暖阳') <> '{}' as chinese_trigrams,
              'é' < 'z' as sorted_by_code_point, rolsuper as superuser
       from pg_roles where rolname = current_user`,
    );
    expect(facts).toEqual({
      fsync: "on",
      zone: "UTC",
      encoding: "UTF8",
      chinese_trigrams: true,
      sorted_by_code_point: false,
      superuser: false,
    });
    await query(first.ownerUrl, "create table kept as select 42 as answer");

    const second = run("hold-database.ts", { DATA_DIR: config.dataDir });
    expect((await foundBy(second)).embedded).toBe("attached");
    second.process.stdin?.end();
    expect(await second.ended()).toBe(0);

    await first.release();
    expect(hasServer(config.dataDir)).toBe(false);
    const again = await locateDatabase(config);
    expect(await query(again.ownerUrl, "select answer from kept")).toEqual([{ answer: 42 }]);
    // Whoever remembered the address finds it there again.
    expect(again.ownerUrl).toBe(first.ownerUrl);
    await again.release();
    for (const file of ["database-passwords.json", "secret", "instance.json"]) {
      expect(statSync(path.join(config.dataDir, file)).mode & 0o777).toBe(0o600);
    }
  });

  test("is started by one of several processes at once, and stays while another uses it", async () => {
    const folder = dataFolder();
    const holders = [1, 2, 3].map(() => run("hold-database.ts", { DATA_DIR: folder }));
    const answers = await Promise.all(holders.map(async (holder) => foundBy(holder)));
    expect(answers.map((one) => one.embedded).sort()).toEqual(["attached", "attached", "started"]);
    const user = new Client({ connectionString: answers[0]?.ownerUrl });
    await user.connect();
    for (const holder of holders) holder.process.stdin?.end();
    await Promise.all(
      holders.filter((_, index) => answers[index]?.embedded === "attached").map(async (one) => one.ended()),
    );
    expect((await user.query("select 1")).rowCount).toBe(1);
    await user.end();
    await Promise.all(holders.map(async (one) => one.ended()));
    expect(hasServer(folder)).toBe(false);
  });

  test("ends by itself when its holder is killed, and keeps what was committed", async () => {
    const folder = dataFolder();
    const holder = run("hold-database.ts", { DATA_DIR: folder });
    const { ownerUrl } = await foundBy(holder);
    await query(ownerUrl, "create table kept as select 7 as answer");
    holder.process.kill("SIGKILL");
    await until("the keeper has shut the server down", () => !hasServer(folder));
    const next = await locateDatabase(loadConfig({ DATA_DIR: folder }));
    expect(next.embedded).toBe("started");
    expect(await query(next.ownerUrl, "select answer from kept")).toEqual([{ answer: 7 }]);
    await next.release();
  });

  test("is taken over from a holder and a keeper that were both killed", async () => {
    const folder = dataFolder();
    const holder = run("hold-database.ts", { DATA_DIR: folder });
    const { ownerUrl } = await foundBy(holder);
    await query(ownerUrl, "create table kept as select 8 as answer");
    const orphan = postmasterOf(folder);
    killKeeperOf(holder);
    holder.process.kill("SIGKILL");
    await holder.ended();
    expect(hasServer(folder)).toBe(true);
    const next = await locateDatabase(loadConfig({ DATA_DIR: folder }));
    expect(postmasterOf(folder)).not.toBe(orphan);
    expect(await query(next.ownerUrl, "select answer from kept")).toEqual([{ answer: 8 }]);
    await next.release();
  });

  test("recovers when the server itself was killed, also when its number now names another process", async () => {
    const folder = dataFolder();
    const config = loadConfig({ DATA_DIR: folder });
    const first = await locateDatabase(config);
    await query(first.ownerUrl, "create table kept as select 9 as answer");
    process.kill(postmasterOf(folder), "SIGKILL");
    await until("it is gone", () => !hasServer(folder));
    await first.release();
    const file = path.join(folder, "postgres", "postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(process.ppid)));
    const next = await locateDatabase(config);
    expect(await query(next.ownerUrl, "select answer from kept")).toEqual([{ answer: 9 }]);
    await next.release();
  });

  test("takes another port when its last one is taken", async () => {
    const folder = dataFolder();
    const first = await startEmbedded(folder, { role: "command" });
    const port = first?.port ?? 0;
    await first?.stop();
    await occupy(port);
    const second = await startEmbedded(folder, { role: "command" });
    expect(second?.port).not.toBe(port);
    expect(await query(second?.ownerUrl ?? "", "select 1 as one")).toEqual([{ one: 1 }]);
    await second?.stop();
  });

  test("of another major version is refused, with what made it and the way out", async () => {
    const folder = dataFolder();
    const first = await startEmbedded(folder, { role: "command" });
    await first?.stop();
    writeFileSync(path.join(folder, "postgres", "PG_VERSION"), "16\n");
    const refusal = await refusalOf(startEmbedded(folder, { role: "command" }));
    expect(refusal.code).toBe("database.other-version");
    expect(refusal.message).toContain("PostgreSQL 16");
    expect(refusal.detail.remedy).toContain("nuan restore");
    // A refusal must not keep the folder.
    const lock = tryLockFolder(folder);
    expect(lock).toBeDefined();
    lock?.release();
  });

  test("without its passwords is refused, not made anew", async () => {
    const folder = dataFolder();
    const first = await startEmbedded(folder, { role: "command" });
    await first?.stop();
    rmSync(path.join(folder, "database-passwords.json"));
    expect((await refusalOf(startEmbedded(folder, { role: "command" }))).code).toBe("database.no-passwords");
  });
});

describe("an existing server", () => {
  test("that does not answer is named without its password", async () => {
    const config = loadConfig({
      DATABASE_URL: "postgres://owner:hidden@127.0.0.1:1/x",
      SECRET_KEY: "k".repeat(32),
    });
    const refusal = await refusalOf(locateDatabase(config));
    expect(refusal.code).toBe("database.unreachable");
    expect(JSON.stringify([refusal.message, refusal.detail])).not.toContain("hidden");
  });
});

describe("what PostgreSQL says", () => {
  test.each([
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', "database.disk-full"],
    ["Error: ENOSPC: no space left on device, write", "database.disk-full"],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', "database.port-taken"],
    ["FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", "database.memory-in-use"],
    ["postgres: error while loading shared libraries: libicuuc.so.60", "database.incomplete-install"],
    ["Error: EACCES: permission denied, mkdir '/data'", "database.not-permitted"],
    ['FATAL:  lock file "postmaster.pid" already exists', "database.seems-running"],
    ["something new", "database.start-failed"],
  ])("%s", (output, code) => {
    expect(explainFailure(output, "/nowhere/data").code).toBe(code);
  });

  test.each([
    ["ENOSPC", "database.disk-full"],
    ["EDQUOT", "database.disk-full"],
    ["EROFS", "database.read-only"],
    ["EFBIG", "database.no-folder"],
  ])("the file system says %s of the data folder", (code, refused) => {
    const said = explainFolder(Object.assign(new Error("write"), { code }), "/nowhere/data");
    expect(said).toMatchObject({ code: refused, detail: { field: "DATA_DIR" } });
    expect(said.message).toContain("/nowhere/data");
  });
});

/** The keeper is the holder's only child that is a shell. */
const killKeeperOf = (holder: Talker): void => {
  const pid = holder.process.pid ?? 0;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  const keeper = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, "utf8").includes("nuanyang-keeper"),
  );
  if (keeper === undefined) throw new Error("the holder has no keeper");
  process.kill(keeper, "SIGKILL");
};
