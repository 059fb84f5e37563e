/** SQL on who said that nobody will be at home. */
import type { Sql } from "#src/platform/sql.ts";

export type TestAhead = {
  readonly testId: bigint;
  readonly windowNo: number;
  readonly accountId: bigint;
  readonly buildingId: bigint;
  readonly startsAt: Date;
};
const ahead = `
  select test.id as "testId", test.window_no as "windowNo", account.id as "accountId", home.building_id as "buildingId",
    test.starts_at as "startsAt"
  from heat_accounts account join premises home on home.id = account.premises_id
  join pressure_tests test on test.building_id = home.building_id
  where account.id = any(:accountIds::bigint[]) and test.state in ('planned', 'announced', 'running') and test.ends_at > :now
  order by test.id, account.id`;
/** Tests that these homes have ahead, or that are on. */
export const findTestsAhead = (
  sql: Sql,
  query: { readonly accountIds: readonly bigint[]; readonly now: Date },
) => sql.rows<TestAhead>(ahead, query);

const add = `
  insert into pressure_absences (test_id, window_no, account_id, source, note, task_id, said_at)
  values (:testId, :windowNo, :accountId, :source, :note, :taskId, :now) on conflict do nothing returning test_id`;
export const insertAbsence = async (
  sql: Sql,
  row: {
    readonly testId: bigint;
    readonly windowNo: number;
    readonly accountId: bigint;
    readonly source: string;
    readonly note: string;
    readonly taskId: bigint;
    readonly now: Date;
  },
): Promise<boolean> => (await sql.maybeOne(add, row)) !== null;

export type AbsenceRow = {
  readonly accountNo: string;
  readonly address: string;
  readonly source: string;
  readonly note: string;
  readonly taskId: bigint;
  readonly taskState: string;
  readonly saidAt: Date;
};
const ofTest = `
  select account.account_no as "accountNo", home.address, absence.source, absence.note, absence.task_id as "taskId",
    task.state as "taskState", absence.said_at as "saidAt"
  from pressure_absences absence
  join heat_accounts account on account.id = absence.account_id join premises home on home.id = account.premises_id
  join tasks task on task.id = absence.task_id
  where absence.test_id = :testId and absence.window_no = :windowNo order by home.address`;
export const findAbsences = (sql: Sql, query: { readonly testId: bigint; readonly windowNo: number }) =>
  sql.rows<AbsenceRow>(ofTest, query);

const accountsAway = `
  select account_id as "accountId" from pressure_absences where test_id = :testId and window_no = :windowNo
  order by account_id`;
export const findAccountsAway = (sql: Sql, query: { readonly testId: bigint; readonly windowNo: number }) =>
  sql.rows<{ accountId: bigint }>(accountsAway, query);

const homesOfReply = `
  select told.account_id as "accountId" from received_messages received
  join notices notice on notice.id = :noticeId
  join messages message on message.id in (
    select own.id from messages own where own.purpose = notice.purpose and own.recipient = received.sender
      and own.step = 'notice:' || notice.id
    union all
    -- whoever was told for a home instead of whom it was queued for
    select turned.id from messages turned where turned.address = received.sender and turned.address <> ''
      and turned.step = 'notice:' || notice.id)
  cross join lateral (
    select message.account_id where message.home_count = 0
    union select named.account_id from message_homes named where named.message_id = message.id and named.left_out = '') told
  where received.id = :receivedId and told.account_id is not null order by 1`;
/** The homes that the messages of a notice named to the number which answers it, by unique key and address: one may have named several. */
export const findHomesOfReply = (
  sql: Sql,
  reply: { readonly noticeId: bigint; readonly receivedId: bigint },
) => sql.rows<{ accountId: bigint }>(homesOfReply, reply);
