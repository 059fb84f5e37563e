/**
 * How every PostgreSQL server of this project runs: the embedded one, the test server and the bench's. One table, so
 * that a figure measured on one of them holds on the others. They are passed on the command line, therefore a forgotten
 * `alter system` cannot change them.
 */

import { totalmem } from "node:os";

type ServerSetting = { readonly name: string; readonly value: string; readonly why: string };

const MIB = 1024 * 1024;

/**
 * A quarter of the machine's memory (of the container's, where it has a bound), as PostgreSQL's own papers advise, from
 * 128 MiB up to what three seasons of 260,000 households need. It is taken only as far as it is used.
 */
const sharedBuffersMiB = (): number => {
  const bound = process.constrainedMemory();
  const memory = bound > 0 ? Math.min(bound, totalmem()) : totalmem();
  return Math.min(2048, Math.max(128, Math.floor(memory / 4 / MIB)));
};

/** Sized for a machine of 2 cores and a few GiB that also runs the API and the worker. */
export const serverSettings: readonly ServerSetting[] = [
  { name: "listen_addresses", value: "127.0.0.1", why: "Nobody outside the machine reaches the database." },
  { name: "unix_socket_directories", value: "", why: "No socket file is left behind in a shared folder." },
  { name: "max_connections", value: "100", why: "Two API processes, a worker and several command lines." },
  {
    name: "shared_buffers",
    value: `${sharedBuffersMiB()}MB`,
    why: "The hot part of a season of 260,000 households, where the machine has room for it.",
  },
  {
    name: "effective_cache_size",
    value: `${2 * sharedBuffersMiB()}MB`,
    why: "The planner may count on the page cache.",
  },
  { name: "work_mem", value: "32MB", why: "Sorts of a bill run's chunk stay in memory." },
  { name: "maintenance_work_mem", value: "256MB", why: "Index builds in a migration." },
  { name: "max_wal_size", value: "4GB", why: "A bill run or an import should not force checkpoints." },
  { name: "min_wal_size", value: "256MB", why: "Recycled segments cost less than new ones." },
  {
    name: "checkpoint_timeout",
    value: "15min",
    why: "Fewer full-page images; recovery stays under a minute.",
  },
  {
    name: "wal_compression",
    value: "off",
    why: "These binaries have only pglz, which took a tenth of a bill run to save a third of its log.",
  },
  { name: "fsync", value: "on", why: "A payment that was answered survives a power cut." },
  { name: "synchronous_commit", value: "on", why: "The same: an answered commit is on the disk." },
  { name: "jit", value: "off", why: "Our statements are short; compiling them costs more than it saves." },
  { name: "random_page_cost", value: "1.1", why: "Solid-state disks." },
  {
    name: "max_parallel_workers_per_gather",
    value: "0",
    why: "The second core belongs to the API; and containers have a small /dev/shm, where parallel plans live.",
  },
  { name: "max_locks_per_transaction", value: "128", why: "Partitions by season are locked one by one." },
  { name: "timezone", value: "UTC", why: "Instants are stored and shown in UTC; business days are dates." },
  { name: "log_timezone", value: "UTC", why: "Log lines of all processes can be laid side by side." },
  { name: "log_error_verbosity", value: "terse", why: "The DETAIL of a refused row holds personal data." },
  { name: "log_min_error_statement", value: "panic", why: "Statements hold personal data." },
];

/** Settings that a caller changes for its own server, by name. */
export type SettingOverrides = Readonly<Record<string, string>>;

/** The table as `-c name=value` arguments of `postgres`; overrides replace or add. */
export const settingArguments = (overrides: SettingOverrides = {}): string[] => {
  const merged = new Map(serverSettings.map((setting) => [setting.name, setting.value]));
  for (const [name, value] of Object.entries(overrides)) merged.set(name, value);
  return [...merged].flatMap(([name, value]) => ["-c", `${name}=${value}`]);
};
