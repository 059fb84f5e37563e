/** An import that is interrupted, and the same command again until it is done. */
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "#src/platform/clock.ts";
import { type BankFile, countFile } from "./bank-file.ts";
import { incoherences } from "./coherent.ts";
import type { Tally } from "./fault-case.ts";
import { ask, askOne } from "./outside.ts";
import { type Ending, type Running, startNuan } from "./processes.ts";
import { CHANNEL, type Clone } from "./stage.ts";
import { until } from "./until.ts";

const END_LIMIT_MS = 120_000;

export const startImport = (clone: Clone, file: BankFile, failpoint?: string): Running =>
  startNuan(clone, ["bank", "import", file.path, "--channel", CHANNEL], { failpoint });

/** How far the file is: null before its row is there. */
export const importState = async (url: string): Promise<string | null> => {
  const [file] = await ask<{ state: string }>(url, "select state from import_files order by id desc limit 1");
  return file?.state ?? null;
};

export const isPosting = (state: string | null): boolean => state === "checked" || state === "posting";

/** Waits until posting begins; false when the import ended before anybody saw it. */
export const untilPosting = (running: Running, read: () => Promise<boolean>): Promise<boolean> =>
  until(
    "posting begins",
    END_LIMIT_MS,
    async () => {
      if (await read()) return true;
      return running.isRunning() ? null : false;
    },
    5,
  );

/** A process that was killed is gone for the server too only when its sessions are: what they had sent may still commit. */
export const untilForgotten = (url: string): Promise<true> =>
  until("the sessions of the killed process end", END_LIMIT_MS, async () => {
    const { left } = await askOne<{ left: number }>(
      url,
      `select count(*)::int as left from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    return left === 0 ? true : null;
  });

/**
 * Everything that an import leaves, counted and summed: an interrupted one must leave the same as one that was not. How
 * the work was cut into chunks is not part of it.
 */
const afterwards = `
  select jsonb_build_object(
    'lines', (select jsonb_object_agg(k, n) from (select kind || '/' || state as k, count(*) as n from bank_lines group by 1) x),
    'payments', (select jsonb_object_agg(k, n) from (
      select state || '/' || proved as k, count(*) || '/' || sum(amount_fen) as n from payments group by 1) x),
    'postings', (select jsonb_object_agg(k, n) from (select kind as k, count(*) as n from postings group by 1) x),
    'transfers', (select jsonb_object_agg(k, n) from (
      select debit || '/' || credit as k, count(*) || '/' || sum(amount_fen) as n from transfers group by 1) x),
    'allocations', (select jsonb_object_agg(k, n) from (
      select rule as k, count(*) || '/' || sum(amount_fen) as n from allocations group by 1) x),
    'bills', (select sum(paid_fen) from bills),
    'balances', (select jsonb_object_agg(k, n) from (
      select code as k, sum(balance_fen) as n from household_balances group by 1) x),
    'suspense', (select sum(amount_fen) from suspense_items),
    'breaks', (select jsonb_object_agg(k, n) from (select class as k, count(*) as n from breaks group by 1) x),
    'days', (select jsonb_agg(bank_day || '/' || state order by bank_day) from bank_days),
    'tasks', (select jsonb_object_agg(k, n) from (select kind || '/' || state as k, count(*) as n from tasks group by 1) x),
    'staged', (select count(*) from bank_staging_lines),
    'files', (select jsonb_agg(state order by state) from import_files where state <> 'aborted')
  )::text as text`;

export type Reference = {
  readonly afterwards: string;
  /** How long posting takes here, from the check to the last line. */
  readonly postingMs: number;
};

export const readAfterwards = async (url: string): Promise<string> =>
  (await askOne<{ text: string }>(url, afterwards)).text;

/** One import that nobody interrupts: what it leaves, and how long it posts. */
export const importUndisturbed = async (clone: Clone, file: BankFile): Promise<Reference> => {
  const running = startImport(clone, file);
  const read = async (): Promise<boolean> => isPosting(await importState(clone.url));
  if (!(await untilPosting(running, read)))
    throw new Error(`the import was not seen posting: ${running.tail()}`);
  const began = monotonicMs();
  await until("posting ends", END_LIMIT_MS, async () => ((await read()) ? null : true), 5);
  const postingMs = monotonicMs() - began;
  const { code } = await running.ended;
  if (code !== 0) throw new Error(`the undisturbed import ended with ${code}: ${running.tail()}`);
  return { afterwards: await readAfterwards(clone.url), postingMs };
};

/** Kills when posting is on, `afterMs` after it was first seen. True when it was still posting then. */
export const killWhilePosting = async (
  running: Running,
  isOn: () => Promise<boolean>,
  afterMs: number,
): Promise<boolean> => {
  if (!(await untilPosting(running, isOn))) return false;
  // The moment of the fault itself, drawn from the seed.
  await delay(afterMs);
  const ending = await running.kill();
  return ending.signal === "SIGKILL" && (await isOn());
};

const wasDoneBefore = (running: Running): boolean => running.output().includes('"file.already-imported"');

/** Gives the same command again, and compares what is left with the file and with an import that nobody interrupted. */
export const finishAndCount = async (
  tally: Tally,
  clone: Clone,
  file: BankFile,
  reference: Reference,
  where: string,
): Promise<void> => {
  const done = (await importState(clone.url)) === "posted";
  const again = startImport(clone, file);
  const ending: Ending = await again.ended;
  if (done ? !wasDoneBefore(again) : ending.code !== 0) {
    tally.problem(
      `${where}: the same command again ended with ${ending.code ?? ending.signal}: ${again.tail()}`,
    );
  }
  tally.counted(await countFile(clone.url, file));
  const left = await readAfterwards(clone.url);
  if (left !== reference.afterwards) {
    tally.problem(`${where}: leaves ${left} where an undisturbed import leaves ${reference.afterwards}`);
  }
};

/** The proof at the end of a run; in the short form, at the end of the last one. */
export const proveAndDrop = async (
  tally: Tally,
  clone: Clone,
  where: string,
  prove: boolean,
): Promise<void> => {
  if (prove) for (const wrong of await incoherences(clone)) tally.problem(`${where}: ${wrong}`);
  await clone.drop();
};
