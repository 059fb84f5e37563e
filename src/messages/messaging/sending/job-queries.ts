/** SQL of jobs at work: while one has its lease, the messages of its claim are nobody else's. */
import { type Sql, UNAWAITED } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";

export type JobLease = {
  /** Of this run: a job that the queue hands out twice has two. */
  readonly run: string;
  readonly fence: number;
  readonly ids: readonly bigint[];
  readonly leaseMs: number;
};

// A crash of the server that takes it back costs nothing: its worker says it again with the next wave, or is dead too.
const HELD = `
  insert into message_jobs (id, fence, message_ids, lease_until)
  select :run::uuid, :fence::integer, :ids::bigint[], now() + :leaseMs * interval '1 millisecond' where ${UNAWAITED}
  on conflict (id) do update set lease_until = excluded.lease_until`;

const begin = `
  with held as (${HELD})
  select channel from messages where id = any(:ids::bigint[]) limit 1`;
/** Takes the lease, and answers the channel: all messages of a claim are of one. */
export const beginJob = async (sql: Sql, lease: JobLease): Promise<MessageChannel | null> =>
  (await sql.maybeOne<{ channel: MessageChannel }>(begin, lease))?.channel ?? null;

/** Anew also when it had run out and was swept meanwhile. */
export const renewJob = (sql: Sql, lease: JobLease) => sql.run(HELD, lease);

const end = `delete from message_jobs where id = :run::uuid and ${UNAWAITED}`;
export const endJob = (sql: Sql, run: string) => sql.run(end, { run });

const forget = `
  delete from message_jobs job where job.lease_until < now()
    and not exists (select 1 from messages m
      where m.id = any(job.message_ids) and m.fence = job.fence and m.state = 'claimed')`;
/** Jobs whose lease ran out and that have nothing left; answers how many. */
export const forgetLostJobs = (sql: Sql): Promise<number> => sql.run(forget);
