/** An import that is interrupted, and the same command again until it is done. */
import { setTimeout as delay } from "node:timers/promises";
import { confirmDraft } from "#src/bank/reconciliation/index.ts";
import type { Random } from "#src/demo/random.ts";
import { must } from "#src/kernel/errors.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { monotonicMs, systemClock } from "#src/platform/clock.ts";
import { createCommands } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import { type BankFile, countFile } from "./bank-file.ts";
import { incoherences } from "./coherent.ts";
import type { Tally } from "./fault-case.ts";
import { ask, askOne } from "./outside.ts";
import { type Ending, type Running, startNuan } from "./processes.ts";
import { CHANNEL, type Clone } from "./stage.ts";
import { until } from "./until.ts";

const END_LIMIT_MS = 120_000;

/** The second person of the faults' town. */
const peopleOf = async (url: string): Promise<{ readonly finance: Actor; readonly approver: Actor }> => {
  const [finance, approver] = await Promise.all(
    (["finance", "finance-approver"] as const).map(async (role): Promise<Actor> => {
      const { id } = await askOne<{ id: string }>(
        url,
        `with one as (insert into staff_members (login, display_name) values ($1, $1) returning id),
           given as (insert into staff_roles (staff_id, role) select id, $2 from one)
         select id from one`,
        [`faults-${role}`, role],
      );
      return {
        kind: "staff",
        id: BigInt(id),
        name: `faults-${role}`,
        roles: [role],
        scope: { kind: "everything" },
      };
    }),
  );
  return { finance: must(finance, "who asks"), approver: must(approver, "who agrees") };
};

/** Lines without an account of ours are in doubt: the file is brought, held, and agreed to by two; none of it is posted yet. */
export const agreeToFile = async (clone: Clone, file: BankFile): Promise<void> => {
  const { code } = await startImport(clone, file).ended;
  if (code !== 1) throw new Error(`a file with lines in doubt was not held, but ended with ${code}`);
  const { finance, approver } = await peopleOf(clone.url);
  const database = connect(clone.url, { poolSize: 2, bulkPoolSize: 2, applicationName: "faults agree" });
  try {
    const commands = createCommands(database, systemClock);
    const { id } = await database.sql.one<{ id: bigint }>(
      "select id from bank_drafts where state = 'looked'",
    );
    const platform = { database, commands, clock: systemClock, secretKey: "", publicUrl: "http://localhost" };
    const { approvalId } = await confirmDraft(platform, finance, id, undefined);
    await commands.run({ name: "approval.decide", actor: approver }, (context) =>
      decideApproval(context, must(approvalId, "what was asked"), "approved", ""),
    );
  } finally {
    await database.close();
  }
};

export const startImport = (clone: Clone, file: BankFile, failpoint?: string): Running =>
  startNuan(clone, ["bank", "import", file.path, "--channel", CHANNEL], { failpoint });

/** Where the file is: null before its row is there. */
export const importState = async (url: string): Promise<string | null> => {
  const [file] = await ask<{ state: string }>(url, "select state from import_files order by id desc limit 1");
  return file?.state ?? null;
};

/** How much of the work is done, from 0 to below 1; null before it begins and when it is over. */
export type Progress = () => Promise<number | null>;

export const importProgress =
  (url: string): Progress =>
  async () => {
    const [file] = await ask<{ done: number }>(
      url,
      `select cursor_ordinal::float8 / line_count as done from import_files where state in ('checked', 'posting')`,
    );
    return file?.done ?? null;
  };

/** Waits until this share of the work is done; false when the process ended before anybody saw it. */
const untilDone = (running: Running, progress: Progress, share: number): Promise<boolean> =>
  until(
    "the work is on",
    END_LIMIT_MS,
    async () => {
      const done = await progress();
      if (done !== null && done >= share) return true;
      return running.isRunning() ? null : false;
    },
    5,
  );

/** How long a process works that nobody disturbs, from the check to the last chunk. */
export const watchUndisturbed = async (running: Running, progress: Progress): Promise<number> => {
  if (!(await untilDone(running, progress, 0))) throw new Error(`it was not seen at work: ${running.tail()}`);
  const began = monotonicMs();
  await until("the work ends", END_LIMIT_MS, async () => ((await progress()) === null ? true : null), 5);
  const workMs = monotonicMs() - began;
  const { code } = await running.ended;
  if (code !== 0) throw new Error(`it ended with ${code}: ${running.tail()}`);
  return workMs;
};

/** A random moment in the work: a share of it, and then some milliseconds into the next chunk. */
export type Moment = { readonly share: number; readonly afterMs: number };

/** Drawn from the seed. Aimed by the work that is done rather than by the clock, which a busy machine stretches. */
export const drawMoment = (random: Random, workMs: number): Moment => ({
  // The cursor moves by whole chunks: a later share could first be seen when hardly anything is left to interrupt.
  share: random.below(41) / 100,
  afterMs: random.below(Math.max(1, Math.min(150, Math.round(workMs / 8)))),
});

export const momentText = ({ share, afterMs }: Moment): string => `${afterMs} ms after ${share} of the work`;

/** Waits for the moment; false when the process ended before. */
export const untilMoment = async (running: Running, progress: Progress, moment: Moment): Promise<boolean> => {
  if (!(await untilDone(running, progress, moment.share))) return false;
  // The moment of the fault itself; nothing is proved by its length.
  await delay(moment.afterMs);
  return true;
};

/** `kill -9` at the moment. True when the work was on then, and was not over. */
export const killAtMoment = async (
  running: Running,
  progress: Progress,
  moment: Moment,
): Promise<boolean> => {
  if (!(await untilMoment(running, progress, moment))) return false;
  const ending = await running.kill();
  return ending.signal === "SIGKILL" && (await progress()) !== null;
};

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
  await agreeToFile(clone, file);
  const postingMs = await watchUndisturbed(startImport(clone, file), importProgress(clone.url));
  return { afterwards: await readAfterwards(clone.url), postingMs };
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

/** Each run is counted; the proof of the whole database, which takes longer, follows every fifth and the last. */
export const isProved = (run: number, runs: number): boolean => run % 5 === 4 || run === runs - 1;

export const proveAndDrop = async (
  tally: Tally,
  clone: Clone,
  where: string,
  prove: boolean,
): Promise<void> => {
  if (prove) for (const wrong of await incoherences(clone)) tally.problem(`${where}: ${wrong}`);
  await clone.drop();
};
