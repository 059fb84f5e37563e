/**
 * Once per job and business date, whoever asks and however often: the row decides. A run that was missed is made up for at
 * the next look; of several missed days only the latest is run, since each of these jobs looks at the whole state.
 */
import { type Day, TIME_ZONE } from "#src/kernel/day.ts";
import type { Database } from "./database.ts";
import type { Sql } from "./sql.ts";

export type ScheduledJob<Services> = {
  /** `ledger-check`: stands in the table. */
  readonly name: string;
  /** Wall-clock time in Shanghai, `02:30`. */
  readonly at: string;
  /** How long a run may take before another process takes it over. */
  readonly leaseMs: number;
  /** Must bear being run twice. What it answers is kept with the run: counts and codes, no personal data. */
  run(services: Services, businessDate: Day): Promise<Readonly<Record<string, unknown>>>;
};

/**
 * Thrown by a job that waits for what will come (a bank's certificate): its run is due again ten minutes later, as after a failure,
 * but nothing is wrong. What it waits for is kept with the run.
 */
export class NotYet extends Error {
  readonly waitingFor: Readonly<Record<string, unknown>>;
  constructor(waitingFor: Readonly<Record<string, unknown>>) {
    super("the job waits");
    this.name = "NotYet";
    this.waitingFor = waitingFor;
  }
}

const RETRY_AFTER_MS = 600_000;

const takeRun = `
  insert into scheduled_runs as r (job, business_date, lease_until)
  select :job, ((:now::timestamptz at time zone :zone) - :at::time)::date, now() + :leaseMs * interval '1 millisecond'
  on conflict (job, business_date) do update
  set state = 'running', fence = r.fence + 1, started_at = now(), finished_at = null, lease_until = excluded.lease_until
  where r.state <> 'done' and r.lease_until <= now()
  returning business_date as "businessDate", fence`;

const endRun = `
  update scheduled_runs
  set state = :state, finished_at = now(), outcome = :outcome::jsonb,
    lease_until = now() + :retryAfterMs * interval '1 millisecond'
  where job = :job and business_date = :businessDate and fence = :fence`;

/**
 * Runs a job if it is due, has not been done for its date and nobody runs it now; null otherwise. A failed run is noted,
 * thrown and due again ten minutes later; one that waits (`NotYet`) answers what it waits for.
 */
export const runIfDue = async <Services>(
  database: Pick<Database, "sql">,
  job: ScheduledJob<Services>,
  services: Services,
  now: Date,
): Promise<{ readonly businessDate: Day; readonly outcome: Readonly<Record<string, unknown>> } | null> => {
  const taken = await database.sql.maybeOne<{ businessDate: Day; fence: number }>(takeRun, {
    job: job.name,
    now,
    zone: TIME_ZONE,
    at: job.at,
    leaseMs: job.leaseMs,
  });
  if (taken === null) return null;
  const end = (state: "done" | "failed", outcome: Readonly<Record<string, unknown>>): Promise<number> =>
    database.sql.run(endRun, {
      job: job.name,
      ...taken,
      state,
      outcome: JSON.stringify(outcome),
      retryAfterMs: RETRY_AFTER_MS,
    });
  try {
    const outcome = await job.run(services, taken.businessDate);
    await end("done", outcome);
    return { businessDate: taken.businessDate, outcome };
  } catch (error) {
    if (error instanceof NotYet) {
      const outcome = { waitingFor: error.waitingFor };
      await end("failed", outcome);
      return { businessDate: taken.businessDate, outcome };
    }
    await end("failed", { error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
};

export type ScheduledRun = {
  readonly job: string;
  readonly businessDate: Day;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: unknown;
};

const latestRuns = `
  select distinct on (job) job, business_date as "businessDate", state, started_at as "startedAt",
    finished_at as "finishedAt", outcome
  from scheduled_runs order by job, business_date desc`;

/** The latest run of each job: for the dashboard and `nuan doctor`. */
export const findLatestRuns = (sql: Sql): Promise<ScheduledRun[]> => sql.rows<ScheduledRun>(latestRuns);
