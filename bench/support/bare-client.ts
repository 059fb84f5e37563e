/**
 * The limit of a write over HTTP: one prepared statement each that leaves the same final rows, on a pool of the same size, from a
 * process of its own. The process is given its options as its one argument and prints what it measured.
 */
import { createHash } from "node:crypto";
import { connect, type Database } from "#src/platform/database.ts";
import { monotonicMs } from "#src/platform/clock.ts";

export type BareOptions = {
  readonly url: string;
  readonly households: number;
  readonly seconds: number;
  readonly prefix: string;
  readonly clients: number;
  readonly poolSize: number;
};

/** One write: its serial, the digest of it that stands for the request's, and the home that it is about. */
export type BareWrite = { readonly serial: string; readonly hash: Buffer; readonly home: number };

export const bareOptions = (): BareOptions => JSON.parse(process.argv[2] ?? "{}") as BareOptions;

export const connectBare = ({ url, poolSize }: BareOptions): Database =>
  connect(url, { poolSize, bulkPoolSize: 1 });

/** Writes with that many clients for that long, closes the database, and prints how many and how long each took. */
export const runBare = async (
  options: BareOptions,
  database: Database,
  write: (one: BareWrite) => Promise<unknown>,
): Promise<void> => {
  let sequence = 0;
  let written = 0;
  const latenciesMs: number[] = [];
  const until = monotonicMs() + options.seconds * 1000;
  await Promise.all(
    Array.from({ length: options.clients }, async () => {
      while (monotonicMs() < until) {
        sequence += 1;
        const serial = `${options.prefix}-${sequence}`;
        const home = 1 + ((sequence * 7919) % options.households);
        const started = monotonicMs();
        await write({ serial, hash: createHash("sha256").update(serial).digest(), home });
        latenciesMs.push(monotonicMs() - started);
        written += 1;
      }
    }),
  );
  await database.close();
  process.stdout.write(JSON.stringify({ answered: written, refused: 0, latenciesMs }));
};
