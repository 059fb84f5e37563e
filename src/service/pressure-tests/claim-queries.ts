/** SQL on what a test reads again just before a message about it is called. */
import type { Sql } from "#src/platform/sql.ts";

type Asked = {
  readonly messageIds: readonly bigint[];
  readonly accountIds: readonly (bigint | null)[];
  readonly noticeIds: readonly string[];
};
const ASKED = `
  unnest(:messageIds::bigint[], :accountIds::bigint[], :noticeIds::bigint[]) asked (message_id, account_id, notice_id)
  join heat_accounts account on account.id = asked.account_id
  join premises home on home.id = account.premises_id
  join pressure_tellings telling on telling.notice_id = asked.notice_id
  join pressure_tests test on test.id = telling.test_id and test.building_id = home.building_id`;

const waitFor = `
  select known.id from pressure_tests known where known.id in (select test.id from ${ASKED})
  order by known.id for share`;
/**
 * The tests of these homes, when nobody is changing them any more: a change that is under way has counted who was claimed before it
 * took its test, and whoever asks later reads what it left. Answers how many they are.
 */
export const waitForChanges = async (sql: Sql, asked: Asked): Promise<number> =>
  (await sql.rows(waitFor, asked)).length;

// Whoever was called of the window or of one before it, or has it by paper or at the door. One that failed after it was called may have been read.
const NEVER_TOLD = `
  telling.stage in ('moved', 'postponed', 'cancelled')
  and not exists (
    select 1 from heat_accounts other
    join notice_recipients recipient on recipient.account_id = other.id
    join pressure_tellings before on before.notice_id = recipient.notice_id and before.test_id = test.id
      and ((before.window_no <= telling.window_no and before.stage in ('week-before', 'day-before'))
        or (before.window_no < telling.window_no and before.stage = 'moved'))
    join messages message on message.regarding = 'notice:' || recipient.notice_id
      and message.account_id = recipient.lead_account_id
      and message.state in ('claimed', 'calling', 'accepted', 'unknown', 'delivered', 'undelivered', 'expired')
      and not exists (select 1 from message_homes gone where gone.message_id = message.id
        and gone.account_id = other.id and gone.left_out <> '')
    where other.premises_id = home.id)
  and not exists (select 1 from pressure_postings hung where hung.test_id = test.id and hung.unit_id = home.unit_id
    and ((hung.window_no <= telling.window_no and hung.paper = 'notice')
      or (hung.window_no < telling.window_no and hung.paper = 'change')))
  and not exists (select 1 from pressure_doors door where door.test_id = test.id and door.premises_id = home.id
    and door.outcome = 'told' and ((door.window_no <= telling.window_no and door.paper = 'notice')
      or (door.window_no < telling.window_no and door.paper = 'change')))`;

const nothingToSay = `
  select asked.message_id as "messageId", asked.account_id as "accountId",
    case when over.gone then 'test-window-gone' else 'test-never-told' end as reason
  from ${ASKED}
  cross join lateral (select case telling.stage
    when 'moved' then test.window_no <> telling.window_no + 1 or test.state in ('postponed', 'cancelled')
    when 'postponed' then test.window_no <> telling.window_no or test.state = 'cancelled'
    when 'week-before' then test.window_no <> telling.window_no or test.state in ('postponed', 'cancelled')
    when 'day-before' then test.window_no <> telling.window_no or test.state in ('postponed', 'cancelled')
    else false end as gone) over
  where over.gone or (${NEVER_TOLD})`;
/** Of these homes those to which something is to be said that does not hold any more, or a change of what they were never told. */
export const findNothingToSay = (sql: Sql, asked: Asked) =>
  sql.rows<{
    messageId: bigint;
    accountId: bigint;
    reason: "test-window-gone" | "test-never-told";
  }>(nothingToSay, asked);
