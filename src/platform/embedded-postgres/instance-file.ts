/** What the process that runs the embedded database tells the others: two small files in the data folder. */
import { chownSync, statSync, readFileSync, renameSync, rmSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { randomPassword } from "./cluster.ts";
import { errorCode, explainFailure } from "./failures.ts";
import { isAlive } from "./postmaster-file.ts";

const instanceSchema = z.object({
  /** The process that holds the folder: the supervisor, or a command that needed the database for itself. */
  pid: z.number().int().positive(),
  role: z.enum(["start", "command"]),
  /** Where the pages are, when the supervisor holds it. */
  url: z.string().optional(),
  postmasterPid: z.number().int().positive(),
  port: z.number().int().positive(),
  postgresVersion: z.string(),
});
export type Instance = z.infer<typeof instanceSchema>;

const instanceFile = (dataDir: string): string => path.join(dataDir, "instance.json");

/** Written beside its place and renamed, so that a reader never sees half of it. */
const writeWhole = (file: string, content: unknown): void => {
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    // Root may run the database of a normal user's folder once; that user must be able to read it afterwards.
    const folder = statSync(path.dirname(file));
    if (process.getuid?.() === 0 && folder.uid !== 0) chownSync(own, folder.uid, folder.gid);
    renameSync(own, file);
  } catch (error) {
    rmSync(own, { force: true });
    throw explainFailure(String(error), path.dirname(file));
  }
};

/** Tells others where the database is. The caller holds the folder's lock. */
export const writeInstance = (dataDir: string, instance: Instance): void =>
  writeWhole(instanceFile(dataDir), instance);

/** The port of the last run is kept, so that tools that remember it go on working. */
export const endInstance = (dataDir: string): void => {
  const last = readInstanceFile(dataDir);
  if (last !== undefined) writeWhole(instanceFile(dataDir), { lastPort: last.port });
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw explainFailure(String(error), file);
  }
};

const readInstanceFile = (dataDir: string): Instance | undefined =>
  instanceSchema.safeParse(readJson(instanceFile(dataDir))).data;

/** The instance whose holder lives; `undefined` when nobody runs the database (or not yet). */
export const readInstance = (dataDir: string): Instance | undefined => {
  const instance = readInstanceFile(dataDir);
  return instance !== undefined && isAlive(instance.pid) ? instance : undefined;
};

/** Whether the last holder ended without a word (`kill -9`, power cut): what it started may be ending just now. */
export const wasHolderKilled = (dataDir: string): boolean => {
  const last = readInstanceFile(dataDir);
  return last !== undefined && !isAlive(last.pid);
};

/** The port that the database had last. */
export const readLastPort = (dataDir: string): number | undefined => {
  const lastPort = z.object({ lastPort: z.number().int() }).safeParse(readJson(instanceFile(dataDir)))
    .data?.lastPort;
  return lastPort ?? readInstanceFile(dataDir)?.port;
};

const passwordsSchema = z.object({ superuser: z.string(), owner: z.string(), app: z.string() });
export type Passwords = z.infer<typeof passwordsSchema>;

/**
 * The random passwords of the embedded database's three roles, readable by its user alone; made when the database does
 * not exist yet. Refuses when the database exists and they are lost.
 */
export const keepPasswords = (dataDir: string): Passwords => {
  const known = readPasswords(dataDir);
  if (known !== undefined) return known;
  const file = path.join(dataDir, "database-passwords.json");
  if (existsSync(path.join(dataDir, "postgres", "PG_VERSION"))) {
    fail("database.no-passwords", `${file} is missing or damaged, without it the database cannot be opened`, {
      remedy:
        "Put the file back from a copy of the data folder, or move the folder away and restore a backup.",
    });
  }
  const passwords = { superuser: randomPassword(), owner: randomPassword(), app: randomPassword() };
  writeWhole(file, passwords);
  return passwords;
};

export const readPasswords = (dataDir: string): Passwords | undefined =>
  passwordsSchema.safeParse(readJson(path.join(dataDir, "database-passwords.json"))).data;
