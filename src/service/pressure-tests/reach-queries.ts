/**
 * SQL on who was reached: a home (every door behind a stairwell, heated or not) by a delivered message, by the paper of its stairwell
 * with a photo, or by a knock that was answered.
 */
import type { Sql } from "#src/platform/sql.ts";
import { doorLabel, stairwellOrder, walkingOrder } from "#src/town/network/index.ts";
import { type DoorOutcome, type GapReason, STAGES_OF, type TestPaper } from "./schema.ts";

export type ReachQuestion = {
  /** Side by side: a test and its window, any number in one statement. */
  readonly testIds: readonly bigint[];
  readonly windowNos: readonly number[];
  readonly paper: TestPaper;
  readonly stages: readonly string[];
};

// Whoever knows of the move to a window knows of it: then the window before is asked too; 0 when there is none. Who lives in a home is
// asked for the day of the window, so that an old figure stays what it was.
const askedOf = (windows: string): string => `
  select asked.test_id, asked.window_no, case when :paper = 'notice' then coalesce((
    select past.window_no from pressure_windows past where past.test_id = asked.test_id
      and past.window_no = asked.window_no - 1 and past.ended_by = 'move'), 0) else 0 end as moved_from,
    (select (stands.starts_at at time zone 'Asia/Shanghai')::date from pressure_windows stands
      where stands.test_id = asked.test_id and stands.window_no = asked.window_no) as day
  from (${windows}) asked (test_id, window_no)`;

// No server reports that a mail arrived: one that it took and that did not come back is there.
const MAIL_IS_THERE =
  "(message.channel = 'email' and message.state = 'accepted' and message.settled_at is not null)";

// What was left out because the home has these very words is told by the notice that it has them from.
const SAME_WORDS = `
  select first.notice_id, first.lead_account_id, first.person_id, first.contact
  from pressure_tellings earlier join notices before on before.id = earlier.notice_id
  join notices own on own.id = recipient.notice_id and own.template = before.template and own.variables = before.variables
  join notice_recipients first on first.notice_id = before.id and first.account_id = recipient.account_id and first.gap = ''
  where recipient.gap = 'same-words' and earlier.test_id = test.id and before.id < own.id
  order by before.id desc limit 1`;

// Where somebody rents a home the owner's telephone warns nobody in it. Whoever was found at the call instead of whom the message was
// queued for is whoever is told for the home by then.
const LIVES_THERE = `(word.address not in ('', word.contact) or exists (
    select 1 from account_roles role where role.account_id = account.id and role.person_id = word.person_id
      and role.valid @> asked.day and (role.role = 'tenant' or not exists (
        select 1 from account_roles tenant where tenant.account_id = account.id and tenant.role = 'tenant'
          and tenant.valid @> asked.day))))`;

// A message stands under the first of the homes that it names, and reaches all of them but those that it left out.
const WORD = `
  select coalesce(same.person_id, recipient.person_id) as person_id, coalesce(same.contact, recipient.contact) as contact,
    coalesce(message.address, '') as address, coalesce(same.lead_account_id, recipient.lead_account_id) is not null as listed,
    recipient.notice_id, recipient.gap, gone.message_id is null as named,
    message.state = 'delivered' or ${MAIL_IS_THERE} as arrived, message.state,
    -- somebody else is told for the home by now, and this message could not go there, or did not arrive there
    gone.left_out = 'way-changed' or (message.state = 'skipped' and message.reason = 'way-changed')
      or (message.address not in ('', recipient.contact) and message.state in ('rejected', 'undelivered', 'expired')) as turned
  from notice_recipients recipient left join lateral (${SAME_WORDS}) same on true
  left join messages message on message.regarding = 'notice:' || coalesce(same.notice_id, recipient.notice_id)
    and message.account_id = coalesce(same.lead_account_id, recipient.lead_account_id)
  left join message_homes gone on gone.message_id = message.id and gone.account_id = recipient.account_id and gone.left_out <> ''
  where recipient.account_id = account.id and recipient.notice_id = telling.notice_id`;

const homesOf = (windows: string): string => `
  select test.id as test_id, asked.window_no, asked.window_no + (:paper = 'change')::integer as standing, asked.day, home.id as premises_id, home.unit_id, home.door, home.floor,
    coalesce(sms.delivered, false) as delivered, coalesce(sms.elsewhere, false) as elsewhere, coalesce(sms.turned, false) as turned,
    coalesce(sms.claimed, false) as claimed, coalesce(sms.pending, false) as pending, coalesce(sms.failed, false) as failed, coalesce(sms.listed, false) as listed,
    coalesce(sms.refused, false) as refused, coalesce(sms.no_way, false) as no_way,
    exists (select 1 from heat_accounts account where account.premises_id = home.id and account.state <> 'closed') as lived_in,
    posting.posted_at, knock.outcome
  from (${askedOf(windows)}) asked
  join pressure_tests test on test.id = asked.test_id
  join premises home on home.building_id = test.building_id
  left join lateral (
    select max(word.notice_id) filter (where word.named and word.arrived and ${LIVES_THERE})
        > coalesce(max(word.notice_id) filter (where word.turned), 0) as delivered,
      bool_or(word.named and word.arrived and not ${LIVES_THERE}) as elsewhere,
      bool_or(word.turned) as turned,
      bool_or(word.named and word.state = 'claimed') as claimed,
      bool_or(word.named and word.state in ('calling', 'accepted', 'unknown')) as pending,
      bool_or(word.named and word.state in ('rejected', 'undelivered', 'expired')) as failed,
      bool_or(word.listed) as listed, bool_or(word.gap = 'no-consent') as refused,
      bool_or(word.gap not in ('', 'same-words')) as no_way
    from heat_accounts account
    join pressure_tellings telling on telling.test_id = test.id
      and ((telling.window_no = asked.window_no and telling.stage = any(:stages::text[]))
        or (telling.window_no = asked.moved_from and telling.stage = 'moved'))
    cross join lateral (${WORD}) word
    where account.premises_id = home.id
  ) sms on true
  left join lateral (
    select min(hung.posted_at) as posted_at from pressure_postings hung
    where hung.test_id = test.id and hung.unit_id = home.unit_id
      and ((hung.window_no = asked.window_no and hung.paper = :paper) or (hung.window_no = asked.moved_from and hung.paper = 'change'))
  ) posting on true
  left join lateral (
    select door.outcome from pressure_doors door
    where door.test_id = test.id and door.premises_id = home.id
      and ((door.window_no = asked.window_no and door.paper = :paper) or (door.window_no = asked.moved_from and door.paper = 'change'))
    order by door.outcome <> 'told', door.id desc limit 1
  ) knock on true`;

const HOMES = homesOf("select * from unnest(:testIds::bigint[], :windowNos::int[])");

export type StairwellReach = {
  readonly testId: bigint;
  readonly unitId: bigint;
  readonly name: string;
  readonly homes: number;
  readonly delivered: number;
  readonly pending: number;
  readonly failed: number;
  readonly postedAt: Date | null;
  readonly toldAtDoor: number;
  /** By message or paper, before anybody knocked. */
  readonly reachedBefore: number;
  readonly reached: number;
  /** Not reached, and nobody wrote down why. */
  readonly unnamed: number;
};

const byStairwell = `
  with homes as (${HOMES})
  select homes.test_id as "testId", unit.id as "unitId", unit.name, count(*)::int as homes,
    count(*) filter (where delivered)::int as delivered,
    count(*) filter (where pending and not delivered)::int as pending,
    count(*) filter (where failed and not pending and not delivered)::int as failed,
    max(posted_at) as "postedAt", count(*) filter (where outcome = 'told')::int as "toldAtDoor",
    count(*) filter (where delivered or posted_at is not null)::int as "reachedBefore",
    count(*) filter (where delivered or posted_at is not null or outcome = 'told')::int as reached,
    count(*) filter (where not delivered and posted_at is null and outcome is null)::int as unnamed
  from homes join units unit on unit.id = homes.unit_id
  group by homes.test_id, homes.window_no, unit.id order by homes.test_id, homes.window_no, ${stairwellOrder("unit")}`;
export const findStairwells = (sql: Sql, question: ReachQuestion) =>
  sql.rows<StairwellReach>(byStairwell, question);

/** How a home knows: what reached it first in this order. */
export const WAYS = ["message", "paper", "door", "nobody"] as const;
export type ReachedHome = {
  readonly premisesId: bigint;
  readonly unitId: bigint;
  readonly floor: string;
  readonly door: string;
  readonly label: string;
  readonly way: (typeof WAYS)[number];
  /** A message is on its way to it. */
  readonly pending: boolean;
  readonly knock: DoorOutcome | null;
};
const WAY = `case when delivered then 'message' when posted_at is not null then 'paper' when outcome = 'told' then 'door' else 'nobody' end`;
const reachedHomes = `
  with homes as (${HOMES})
  select homes.premises_id as "premisesId", homes.unit_id as "unitId", homes.floor, homes.door, ${doorLabel("homes")} as label,
    ${WAY} as way,
    pending and not delivered as pending, outcome as knock
  from homes join units unit on unit.id = homes.unit_id
  order by ${stairwellOrder("unit")}, ${walkingOrder("homes")}`;
/** Every door of the building with what reached it, in the order in which one walks. */
export const findReachedHomes = (sql: Sql, question: ReachQuestion) =>
  sql.rows<ReachedHome>(reachedHomes, question);

/**
 * Every door before these windows (a statement of test and window number), with what its notice reached it by (`way`) and what became of
 * knocking (`knock`): what a report reads. A door of two windows stands twice, under an `id` of each.
 */
export const DOORS_OF_WINDOWS = (windows: string): string =>
  `select homes.premises_id * 1000 + homes.window_no as id, homes.premises_id, homes.outcome as knock, ${WAY} as way
    from (${homesOf(windows)}) homes`
    .replaceAll(/:paper\b/g, "'notice'::text")
    .replaceAll(":stages::text[]", `array[${STAGES_OF.notice.map((stage) => `'${stage}'`).join(", ")}]`);

// Told of a window before the one that stands, by message, paper or at the door, and what told it of a change did not arrive.
const KNOWS_FORMER = `(exists (
    select 1 from heat_accounts former
    join notice_recipients recipient on recipient.account_id = former.id
    join pressure_tellings before on before.notice_id = recipient.notice_id and before.test_id = homes.test_id
      and ((before.stage in ('week-before', 'day-before') and before.window_no < homes.standing)
        or (before.stage = 'moved' and before.window_no < homes.standing - 1))
    join messages message on message.regarding = 'notice:' || recipient.notice_id
      and message.account_id = recipient.lead_account_id
      and message.state in ('claimed', 'calling', 'accepted', 'unknown', 'delivered')
      and not exists (select 1 from message_homes gone where gone.message_id = message.id
        and gone.account_id = former.id and gone.left_out <> '')
    where former.premises_id = homes.premises_id)
  or exists (select 1 from pressure_postings hung where hung.test_id = homes.test_id and hung.unit_id = homes.unit_id
    and ((hung.paper = 'notice' and hung.window_no < homes.standing)
      or (hung.paper = 'change' and hung.window_no < homes.standing - 1)))
  or exists (select 1 from pressure_doors door where door.test_id = homes.test_id and door.premises_id = homes.premises_id
    and door.outcome = 'told' and ((door.paper = 'notice' and door.window_no < homes.standing)
      or (door.paper = 'change' and door.window_no < homes.standing - 1))))`;

export type GapRow = {
  readonly premisesId: bigint;
  readonly stairwell: string;
  readonly floor: string;
  readonly door: string;
  /** `3层东户`: the door as one looks for it in the stairwell. */
  readonly label: string;
  readonly reason: GapReason;
  /** What became of knocking; null while nobody has. */
  readonly knock: DoorOutcome | null;
  /** It was told of an hour that does not hold any more, and nothing has corrected it. */
  readonly knowsFormer: boolean;
};
// Told is the owner, who lives elsewhere, and whoever rents the home cannot be written to.
const TENANT_HAS_NO_WAY = `(elsewhere and not exists (
    select 1 from heat_accounts account join account_roles tenant on tenant.account_id = account.id and tenant.role = 'tenant'
      and tenant.valid @> homes.day
    where account.premises_id = homes.premises_id and (
      exists (select 1 from person_phones phone where phone.person_id = tenant.person_id and phone.kind = 'mobile'
        and phone.confirmed is not false)
      or exists (select 1 from person_mails mail where mail.person_id = tenant.person_id and mail.confirmed is not false))))`;
const gapsOf = `
  with homes as (${HOMES})
  select homes.premises_id as "premisesId", unit.name as stairwell, homes.floor, homes.door, ${doorLabel("homes")} as label,
    case when pending then 'no-receipt' when failed then 'failed' when ${TENANT_HAS_NO_WAY} then 'no-number' when listed then 'not-sent'
      when refused then 'refused' when no_way or not lived_in then 'no-number' else 'not-sent' end as reason,
    outcome as knock, ${KNOWS_FORMER} as "knowsFormer"
  from homes join units unit on unit.id = homes.unit_id
  where not delivered and posted_at is null and outcome is distinct from 'told'
  order by ${stairwellOrder("unit")}, ${walkingOrder("homes")}`;
/** Doors that nothing has reached, in the order in which one walks. */
export const findGaps = (sql: Sql, question: ReachQuestion) => sql.rows<GapRow>(gapsOf, question);

// What a worker has claimed is called in a moment: it may have read the window before this change. Whoever was told of an earlier
// window, and did not hear that it was moved, waits on a wrong day until this change arrives.
const toldHomes = `
  with homes as (${HOMES})
  select account.account_no as "accountNo", not (delivered or elsewhere or pending or claimed) and posted_at is null as "byHand"
  from homes join heat_accounts account on account.premises_id = homes.premises_id
  where account.state <> 'closed'
    and (delivered or elsewhere or pending or claimed or turned or posted_at is not null or outcome = 'told' or ${KNOWS_FORMER})
  order by account.id`;
export type ToldHome = {
  readonly accountNo: string;
  /** No message and no paper told it of the last window: at the door, or of one before that. */
  readonly byHand: boolean;
};
/** The homes that know, or may know, of this window or of one before it. */
export const findToldHomes = (sql: Sql, question: ReachQuestion) => sql.rows<ToldHome>(toldHomes, question);
