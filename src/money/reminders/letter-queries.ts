/** SQL on letters of demand. */
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { accountOnHold, HOLD_KINDS } from "#src/town/accounts/index.ts";
import { UNPAID } from "./advance-queries.ts";

export const MANNERS = ["in-person", "registered-mail", "left-at-door"] as const;
export type Manner = (typeof MANNERS)[number];

export type Letter = {
  readonly id: bigint;
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly seasonId: number;
  readonly madeOn: Day;
  readonly answerDays: number;
  readonly totalFen: Fen;
  readonly deliveredOn: Day | null;
  readonly manner: Manner | null;
  readonly proof: string | null;
  readonly fileId: bigint | null;
};

const LETTER = `
  select letter.id, letter.account_id as "accountId", account.account_no as "accountNo", letter.season_id as "seasonId",
    letter.made_on as "madeOn", letter.answer_days as "answerDays", letter.total_fen as "totalFen",
    delivery.delivered_on as "deliveredOn", delivery.manner, delivery.proof, delivery.file_id as "fileId"
  from demand_letters letter
  join heat_accounts account on account.id = letter.account_id
  left join demand_letter_deliveries delivery on delivery.letter_id = letter.id`;

const letterInScope = `${LETTER} where letter.id = :id and ${accountScope("account")}`;
export const findLetterInScope = (sql: Sql, id: bigint, scope: Bindings): Promise<Letter | null> =>
  sql.maybeOne<Letter>(letterInScope, { id, ...scope });

const letterOfDay = `${LETTER} where letter.account_id = :accountId and letter.made_on = :madeOn`;
export const findLetterOfDay = (sql: Sql, query: { accountId: bigint; madeOn: Day }) =>
  sql.maybeOne<Letter>(letterOfDay, query);

const lettersOfAccount = `${LETTER} where letter.account_id = :accountId order by letter.id desc`;
export const findLettersOf = (sql: Sql, accountId: bigint) =>
  sql.rows<Letter>(lettersOfAccount, { accountId });

// Payments of this account wait: what the letter says is what was unpaid when it was made.
const lockAccount = `select 1 from heat_accounts where id = :accountId for no key update`;
const dueTotal = `
  select coalesce(sum(bill.amount_fen - bill.paid_fen), 0)::bigint as "totalFen" from bills bill
  where bill.account_id = :accountId and bill.state = 'due' and ${UNPAID}`;
export const lockDueTotal = async (sql: Sql, accountId: bigint): Promise<Fen> => {
  await sql.run(lockAccount, { accountId });
  return (await sql.one<{ totalFen: Fen }>(dueTotal, { accountId })).totalFen;
};

const addLetter = `
  insert into demand_letters (account_id, season_id, made_on, answer_days, total_fen, made_at, made_by)
  values (:accountId, :seasonId, :madeOn, :answerDays, :totalFen, :now, :madeBy) on conflict do nothing returning id`;
const addBills = `
  insert into demand_letter_bills (letter_id, bill_id, amount_fen, paid_fen, due_on)
  select :letterId, bill.id, bill.amount_fen, bill.paid_fen, rule.due_on
  from bills bill
  left join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
  left join season_rules rule on bill.kind = 'heat' and rule.season_id = bill.season_id
    and rule.heat_class = line.heat_class and rule.loop_type = line.loop_type
  where bill.account_id = :accountId and bill.state = 'due' and ${UNPAID}`;

/** Null when the account has a letter of this day. */
export const insertLetter = async (
  sql: Sql,
  row: {
    accountId: bigint;
    seasonId: number;
    madeOn: Day;
    answerDays: number;
    totalFen: Fen;
    now: Date;
    madeBy: bigint | null;
  },
): Promise<bigint | null> => {
  const made = await sql.maybeOne<{ id: bigint }>(addLetter, row);
  if (made === null) return null;
  await sql.run(addBills, { letterId: made.id, accountId: row.accountId });
  return made.id;
};

// One statement, so one instant: the letters say what the bills beside them say.
const addLettersOfRun = `
  with demanded as materialized (
    select entry.account_id, entry.season_id, bill.id as bill_id, bill.amount_fen, bill.paid_fen, rule.due_on
    from dunning_entries entry
    join bills bill on bill.account_id = entry.account_id and bill.state = 'due' and ${UNPAID}
    left join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
    left join season_rules rule on bill.kind = 'heat' and rule.season_id = bill.season_id
      and rule.heat_class = line.heat_class and rule.loop_type = line.loop_type
    where entry.run_id = :runId and not ${accountOnHold("entry.account_id", ":madeOn::date", HOLD_KINDS)}
      and not exists (select 1 from payments payment
        where payment.account_id = entry.account_id and payment.state = 'doubtful')
  ), made as (
    insert into demand_letters (account_id, season_id, made_on, answer_days, total_fen, made_at, made_by)
    select account_id, min(season_id), :madeOn::date, :answerDays::smallint, sum(amount_fen - paid_fen)::bigint,
      :now::timestamptz, :madeBy::bigint
    from demanded group by account_id order by account_id
    on conflict do nothing returning id, account_id, total_fen
  ), listed as (
    insert into demand_letter_bills (letter_id, bill_id, amount_fen, paid_fen, due_on)
    select made.id, demanded.bill_id, demanded.amount_fen, demanded.paid_fen, demanded.due_on
    from made join demanded on demanded.account_id = made.account_id order by made.id, demanded.bill_id
  )
  select count(*) as letters, coalesce(sum(total_fen), 0)::bigint as "totalFen" from made`;

/** A letter for every account that a pass brought to its stage and that has something due now; none twice on a day. */
export const insertLettersOfRun = (
  sql: Sql,
  row: { runId: bigint; madeOn: Day; answerDays: number; now: Date; madeBy: bigint | null },
) => sql.one<{ letters: bigint; totalFen: Fen }>(addLettersOfRun, row);

const lettersInScope = `
  ${LETTER}
  where ${accountScope("account")} and (:madeOn::date is null or letter.made_on = :madeOn::date)
    and (:delivered::boolean is null or (delivery.letter_id is not null) = :delivered::boolean)
    and (:beforeId::bigint is null or letter.id < :beforeId::bigint)
  order by letter.id desc limit :limit::integer`;
export const listLetters = (
  sql: Sql,
  query: {
    madeOn: Day | null;
    delivered: boolean | null;
    beforeId: bigint | null;
    limit: number;
  } & Bindings,
): Promise<Letter[]> => sql.rows<Letter>(lettersInScope, query);

export type LetterBill = {
  readonly billId: bigint;
  readonly seasonId: number;
  readonly kind: "heat" | "opening";
  readonly issuedOn: Day;
  readonly amountFen: Fen;
  readonly paidFen: Fen;
  readonly dueOn: Day | null;
};
const billsOfLetter = `
  select bill.id as "billId", bill.season_id as "seasonId", bill.kind, bill.issued_on as "issuedOn",
    demanded.amount_fen as "amountFen", demanded.paid_fen as "paidFen", demanded.due_on as "dueOn"
  from demand_letter_bills demanded join bills bill on bill.id = demanded.bill_id
  where demanded.letter_id = :letterId order by bill.season_id, bill.id`;
export const findLetterBills = (sql: Sql, letterId: bigint): Promise<LetterBill[]> =>
  sql.rows<LetterBill>(billsOfLetter, { letterId });

const hasReached = `
  select exists (select 1 from dunning_entries entry
    join dunning_runs run on run.id = entry.run_id
    join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank
    where entry.account_id = :accountId and entry.season_id = :season and stage.audience = 'debts') as reached`;
/** Whether the account came to a stage about debts in the season. */
export const hasReachedDebtStage = async (
  sql: Sql,
  query: { accountId: bigint; season: number },
): Promise<boolean> => (await sql.one<{ reached: boolean }>(hasReached, query)).reached;

const addDelivery = `
  insert into demand_letter_deliveries (letter_id, delivered_on, manner, proof, file_id, recorded_at, recorded_by)
  values (:letterId, :deliveredOn, :manner, :proof, :fileId, :now, :recordedBy) on conflict do nothing`;
export const insertDelivery = (
  sql: Sql,
  row: {
    letterId: bigint;
    deliveredOn: Day;
    manner: Manner;
    proof: string;
    fileId: bigint | null;
    now: Date;
    recordedBy: bigint | null;
  },
): Promise<number> => sql.run(addDelivery, row);

const fileKnown = `select exists (select 1 from stored_files where id = :fileId) as known`;
export const isFileKnown = async (sql: Sql, fileId: bigint): Promise<boolean> =>
  (await sql.one<{ known: boolean }>(fileKnown, { fileId })).known;
