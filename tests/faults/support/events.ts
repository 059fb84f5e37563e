/** What becomes of payments' events: each is handled once, and each household that paid gets its one task. */
import { askOne, type Count } from "./outside.ts";
import type { Payment } from "./pay.ts";
import type { Running } from "./processes.ts";
import { until } from "./until.ts";

export type EventFigures = {
  /** Not handled by everybody yet. */
  readonly open: number;
  /** Taken by a relay, and not marked as rung. */
  readonly claimed: number;
  /** Marked as rung, and not handled. */
  readonly rung: number;
};

export const eventFigures = (url: string): Promise<EventFigures> =>
  askOne<EventFigures>(
    url,
    `
    select count(*) filter (where settled_at is null)::int as open,
      count(*) filter (where settled_at is null and rung_at is null and attempts > 0)::int as claimed,
      count(*) filter (where settled_at is null and rung_at is not null)::int as rung
    from outbox_events where type = 'payment.posted'`,
  );

/** Waits until every payment's event is settled. Throws when the worker ends, or when it takes longer than `limitMs`. */
export const untilSettled = async (url: string, worker: Running, limitMs: number): Promise<void> => {
  await until(
    "every event is settled",
    limitMs,
    async () => {
      if (!worker.isRunning()) throw new Error(`the worker ended: ${worker.tail()}`);
      return (await eventFigures(url)).open === 0 ? true : null;
    },
    100,
  );
};

/**
 * Every payment in full behind a shut valve opens one task. Lost: a payment without its receipt of the subscriber, or
 * without the task. Doubled: a second task, a task that nobody paid for, a second event or a second trace of the effect.
 */
export const countEffects = (url: string, sent: readonly Payment[]): Promise<Count> =>
  askOne<Count>(
    url,
    `
    with sent as (select * from unnest($1::text[], $2::text[]) s (serial, account_no)),
    tasks_of as (
      select account_id, count(*) as n from tasks where kind = 'valve-opening' group by account_id
    ), facts as (
      select coalesce(tasks_of.n, 0) as tasks,
        (select count(*) from outbox_events e where e.type = 'payment.posted' and e.payload ->> 'paymentId' = p.id::text)
          as events,
        (select count(*) from outbox_events e join event_receipts r on r.event_id = e.id
          where e.type = 'payment.posted' and r.subscriber = 'valve-tasks' and e.payload ->> 'paymentId' = p.id::text)
          as receipts
      from sent join heat_accounts a on a.account_no = sent.account_no
      left join payments p on p.serial = sent.serial and p.account_id = a.id
      left join tasks_of on tasks_of.account_id = a.id
    )
    select count(*) filter (where 0 in (tasks, events, receipts))::int as lost,
      (count(*) filter (where greatest(tasks, events, receipts) > 1)
        + (select count(*) from tasks_of where not exists (select from sent join heat_accounts a
            on a.account_no = sent.account_no where a.id = tasks_of.account_id)))::int as doubled
    from facts`,
    [sent.map((payment) => payment.serial), sent.map((payment) => payment.accountNo)],
  );
