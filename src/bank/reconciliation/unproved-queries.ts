/** SQL of payments that no line of a bank's file has proved. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

/**
 * Not proved, and money of ours still: the payment stands, or what replaced it on another home does. What a till took is
 * proved by its shift. A payment that was moved counts once, as the one that the channel reported.
 */
const UNPROVED = `from payments p join channels c on c.id = p.channel_id
  where c.kind <> 'counter' and not p.proved and p.moved_from_id is null and p.paid_at < :before::timestamptz
    and (p.state <> 'reversed' or live_payment(p.id) is not null)`;

export type UnprovedPayment = {
  readonly id: bigint;
  readonly accountNo: string;
  readonly channel: string;
  readonly serial: string;
  readonly amountFen: bigint;
  readonly paidAt: Date;
  readonly state: string;
  /** The difference that names it (短款), if there is one. */
  readonly breakId: bigint | null;
};

export const listUnproved = (
  sql: Sql,
  query: {
    readonly channel: string | null;
    readonly before: Date;
    readonly afterId: bigint;
    readonly limit: number;
  },
): Promise<UnprovedPayment[]> =>
  sql.rows<UnprovedPayment>(
    `select p.id, (select a.account_no from heat_accounts a where a.id = p.account_id) as "accountNo", c.code as channel,
       p.serial, p.amount_fen as "amountFen", p.paid_at as "paidAt", p.state,
       (select max(b.id) from breaks b where b.payment_id = p.id) as "breakId"
     ${UNPROVED} and p.id > :afterId and (:channel::text is null or c.code = :channel::text)
     order by p.id limit :limit::int`,
    query,
  );

export type UnprovedDay = {
  readonly channel: string;
  readonly day: Day;
  readonly items: bigint;
  readonly fen: bigint;
  readonly ownerRole: string;
  readonly ownerId: bigint | null;
};

/** By channel that sends files, and calendar day; what a difference names has its task there. */
export const unprovedDays = (sql: Sql, before: Date): Promise<UnprovedDay[]> =>
  sql.rows<UnprovedDay>(
    `select c.code as channel, (p.paid_at at time zone 'Asia/Shanghai')::date as day, count(*) as items,
       sum(p.amount_fen)::bigint as fen, c.task_owner_role as "ownerRole", c.task_owner_id as "ownerId"
     ${UNPROVED} and c.profile is not null and not exists (select 1 from breaks b where b.payment_id = p.id)
     group by c.id, 2 order by 1, 2`,
    { before },
  );

export const openTasksOf = (sql: Sql, kind: string): Promise<{ source: string }[]> =>
  sql.rows<{ source: string }>("select source from tasks where kind = :kind and state = 'open' order by id", {
    kind,
  });
