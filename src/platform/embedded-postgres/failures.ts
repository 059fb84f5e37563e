/** Turns what `initdb`, `postgres` or the file system said into one clear sentence. */
import { statfsSync } from "node:fs";
import { DomainError, type ErrorDetail } from "#src/kernel/errors.ts";

type Explanation = {
  readonly sign: RegExp;
  readonly code: string;
  readonly message: (place: string) => string;
  readonly remedy: string;
};

/** The operating system's code of an error (`ENOENT`), or an empty text. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const diskFull: Explanation = {
  sign: /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT|disk is full/,
  code: "database.disk-full",
  message: (place) => `the disk that holds ${place} is full`,
  remedy: "Free some space and start again; nothing is lost.",
};

const explanations: readonly Explanation[] = [
  {
    sign: /Address already in use|could not bind|EADDRINUSE/,
    code: "database.port-taken",
    message: () => "the database's port was taken by another program",
    remedy: "Start again.",
  },
  {
    sign: /lock file ".*" already exists/,
    code: "database.seems-running",
    message: (place) => `another PostgreSQL server seems to run on ${place}`,
    remedy: "Stop it. If the process named in postmaster.pid there is none, remove that file.",
  },
  {
    sign: /pre-existing shared memory block/,
    code: "database.memory-in-use",
    message: (place) => `processes of an earlier server on ${place} are still ending`,
    remedy: "Wait some seconds and start again.",
  },
  {
    sign: /error while loading shared libraries|Library not loaded/,
    code: "database.incomplete-install",
    message: () => "the PostgreSQL that npm brought is incomplete: its library links are missing",
    remedy: "Run npm rebuild (its install script must be allowed to run), then start again.",
  },
  {
    sign: /could not map anonymous shared memory|Cannot allocate memory|ENOMEM/,
    code: "database.no-memory",
    message: () => "there is not enough free memory for PostgreSQL (about 700 MiB)",
    remedy: "Free some memory and start again.",
  },
  {
    sign: /Read-only file system|EROFS/,
    code: "database.read-only",
    message: (place) => `${place} lies on a read-only disk`,
    remedy: "Set DATA_DIR to a folder that can be written.",
  },
  {
    sign: /Permission denied|wrong ownership|EACCES|EPERM|Operation not permitted/,
    code: "database.not-permitted",
    message: (place) => `no permission for ${place}`,
    remedy: "Start as the user who owns the folder, or set DATA_DIR to another one.",
  },
  diskFull,
];

const leastFreeBytes = 32_000_000;

/** On a full disk the reason does not even reach the log, so the disk itself is asked. */
export const isFull = (place: string): boolean => {
  try {
    const disk = statfsSync(place);
    return disk.bavail * disk.bsize < leastFreeBytes;
  } catch {
    // The place does not exist or may not be looked at; then its disk is not what we can blame.
    return false;
  }
};

/**
 * The refusal for a data folder that cannot be made or written, for its disk that is full. What the operating system said is
 * asked, not the log: where there is no folder there is no log either.
 */
export const explainFolder = (error: unknown, dataDir: string): DomainError => {
  const code = errorCode(error);
  const place = `the data folder ${dataDir} (DATA_DIR)`;
  const known = explanations.find((one) => code !== "" && one.sign.test(code));
  if (known !== undefined) return new DomainError(known.code, known.message(place), detailOf(known));
  const said = code === "" ? String(error) : code;
  return new DomainError("database.no-folder", `${place} cannot be made or written (${said})`, {
    field: "DATA_DIR",
    remedy: "Set DATA_DIR to a folder that can be written.",
  });
};

const detailOf = (known: Explanation): ErrorDetail => ({ field: "DATA_DIR", remedy: known.remedy });

/** The refusal for an output of a program or file operation; the last lines are kept as a fact when no sign is known. */
export const explainFailure = (output: string, place: string): DomainError => {
  const known = explanations.find((one) => one.sign.test(output) || (one === diskFull && isFull(place)));
  if (known !== undefined) return new DomainError(known.code, known.message(place), { remedy: known.remedy });
  const lastLines = output.trim().split("\n").slice(-4).join(" | ");
  const detail: ErrorDetail = { remedy: "Look at postgres.log in the data folder.", facts: { lastLines } };
  return new DomainError("database.start-failed", `PostgreSQL did not start on ${place}`, detail);
};
