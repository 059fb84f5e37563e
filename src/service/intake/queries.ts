/** All SQL of the intake. */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";

export const INTAKE_OUTCOMES = ["threaded", "opened", "answered", "consent", "automatic", "empty"] as const;
export type IntakeOutcome = (typeof INTAKE_OUTCOMES)[number];
export type FoundBy = "" | "reference" | "number" | "household" | "sender";

/** Two messages of one sender are decided one after the other: else both would open a case. Until the end of the transaction. */
export const lockSender = (sql: Sql, sender: string) =>
  sql.run("select pg_advisory_xact_lock(hashtextextended('intake ' || :sender, 0))", { sender });

const decided = `select 1 as one from intake_outcomes where message_id = :messageId`;
export const isDecided = async (sql: Sql, messageId: bigint): Promise<boolean> =>
  (await sql.maybeOne(decided, { messageId })) !== null;

export type OutcomeRow = {
  messageId: bigint;
  outcome: IntakeOutcome;
  foundBy: FoundBy;
  ticketId: bigint | null;
  accountId: bigint | null;
  households: number;
  keyword: string;
  answerId: bigint | null;
  noAnswer: string;
  now: Date;
};
const decide = `
  insert into intake_outcomes (message_id, outcome, found_by, ticket_id, account_id, households, keyword, answer_id,
    no_answer, decided_at)
  values (:messageId, :outcome, :foundBy, :ticketId, :accountId, :households, :keyword, :answerId, :noAnswer, :now)`;
export const insertOutcome = (sql: Sql, row: OutcomeRow) => sql.run(decide, row);

const caseOf = `
  select ticket_id as "ticketId" from intake_outcomes
  where message_id = any(:messageIds::bigint[]) and ticket_id is not null
  order by array_position(:messageIds::bigint[], message_id) limit 1`;
/** The case of the nearest of earlier messages that has one. */
export const findCaseOfMessages = async (sql: Sql, messageIds: readonly bigint[]): Promise<bigint | null> =>
  (await sql.maybeOne<{ ticketId: bigint }>(caseOf, { messageIds }))?.ticketId ?? null;

const casesOfSender = `
  select distinct o.ticket_id as "ticketId"
  from received_messages r join intake_outcomes o on o.message_id = r.id
  where r.sender = :sender and r.received_at > :since and o.ticket_id is not null
  order by 1 desc limit 20`;
/** Cases that this sender wrote about lately, the youngest first: how a mail address that belongs to nobody is known again. */
export const findCasesOfSender = async (
  sql: Sql,
  query: { sender: string; since: Date },
): Promise<bigint[]> =>
  (await sql.rows<{ ticketId: bigint }>(casesOfSender, query)).map((row) => row.ticketId);

export type IntakeRow = {
  readonly id: bigint;
  readonly channel: "sms" | "email";
  readonly receivedAt: Date;
  readonly sender: string;
  readonly subject: string;
  /** How its text begins. */
  readonly excerpt: string;
  readonly automatic: string;
  readonly outcome: IntakeOutcome | null;
  readonly foundBy: FoundBy | null;
  readonly ticketNo: string | null;
  readonly accountNo: string | null;
  readonly households: number | null;
  readonly keyword: string | null;
  readonly answerId: bigint | null;
  readonly noAnswer: string | null;
  /** When a person had done with it, who, and with which reason; '' while nobody has. */
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settledNote: string;
};

const COLUMNS = `r.id, r.channel, r.received_at as "receivedAt", r.sender, r.subject, left(r.body, 100) as excerpt, r.automatic, o.outcome,
  o.found_by as "foundBy", t.ticket_no as "ticketNo", a.account_no as "accountNo", o.households, o.keyword,
  o.answer_id as "answerId", o.no_answer as "noAnswer", r.settled_at as "settledAt", s.login as "settledBy",
  r.settled_note as "settledNote"`;

/** Seen through its household, or its case's. */
const FROM = `from received_messages r
  left join intake_outcomes o on o.message_id = r.id
  left join tickets t on t.id = o.ticket_id
  left join heat_accounts a on a.id = coalesce(o.account_id, t.account_id)
  left join staff_members s on s.id = r.settled_by
  where r.state = 'read'
    and (:scopeKind::text = 'everything' or (a.id is not null and ${accountScope("a")}))`;

type Reach = { scopeKind: string; scopeIds: readonly bigint[]; scopeDay: string };

const visible = `
  select ${COLUMNS} ${FROM}
    and (:channel::text is null or r.channel = :channel::text)
    and (:outcome::text is null or o.outcome = :outcome::text)
    and (:ticketId::bigint is null or o.ticket_id = :ticketId::bigint)
    and (:list::text is null or case :list::text
      when 'unplaced' then o.ticket_id is null and o.outcome in ('automatic', 'empty') and r.settled_at is null
      else r.settled_at is not null end)
    and (:beforeId::bigint is null or r.id < :beforeId::bigint)
  order by r.id desc limit :limit::integer`;
export const listVisible = (
  sql: Sql,
  query: Reach & {
    channel: string | null;
    outcome: string | null;
    ticketId: bigint | null;
    list: "unplaced" | "settled" | null;
    beforeId: bigint | null;
    limit: number;
  },
) => sql.rows<IntakeRow>(visible, query);

const oneVisible = `
  select ${COLUMNS}, r.body, r.reading_notes as "readingNotes" ${FROM} and r.id = :id`;
export const findVisible = (sql: Sql, query: Reach & { id: bigint }) =>
  sql.maybeOne<IntakeRow & { readonly body: string; readonly readingNotes: string }>(oneVisible, query);

const takeOver = `
  update intake_outcomes set outcome = :outcome, ticket_id = :ticketId, found_by = '', decided_at = :now
  where message_id = :messageId and ticket_id is null returning message_id`;
/** What a machine's mark had kept from a case: a person opens one, or puts it under one. False when it has a case. */
export const attachCase = async (
  sql: Sql,
  row: { messageId: bigint; ticketId: bigint; outcome: "opened" | "threaded"; now: Date },
): Promise<boolean> => (await sql.maybeOne(takeOver, row)) !== null;

const openBills = `
  select 1 as one from bills where account_id = any(:accountIds::bigint[]) and state in ('due', 'offered')
    and paid_fen < amount_fen limit 1`;
/** Whether one of these homes has a bill that is not paid in full. */
export const hasOpenBills = async (sql: Sql, query: { accountIds: readonly bigint[] }): Promise<boolean> =>
  (await sql.maybeOne(openBills, query)) !== null;
