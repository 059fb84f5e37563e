/** A notice to the whole planted town, approved and begun, and who of it is named by how many messages. */
import { ask, askOne, type Count } from "./outside.ts";

export const NOTICE_ID = 1;

/**
 * Plants a phone for each home (one in ten has the phone of the home before it, one in a hundred none) and freezes all of them as
 * our approval would.
 * @param goes when the messages may go; by itself a month ahead, so that nothing is sent meanwhile
 */
export const freezeNotice = async (url: string, goes = "30 days"): Promise<void> => {
  for (const step of [
    `insert into person_phones (person_id, number, kind, as_written)
     select id, '+861' || (3000000000 + case when id % 10 = 0 then id - 1 else id end), 'mobile', '1' from people
     where id % 100 <> 7`,
    `insert into staff_members (id, login, display_name) values (901, 'faults.one', 'One'), (902, 'faults.two', 'Two')`,
    `insert into notices (id, kind, title, purpose, channels, template, variables, audience, scope_kind, state, requested_by,
       approved_by, approved_at, frozen, created_at, changed_at, started_at)
     values (${NOTICE_ID}, 'general', 'faults', 'service-notice', '{sms}', 'notice-general', '{"text": "检修。"}',
       '{"everybody": true}', 'everything', 'running', 901, 902, now(), true, now(), now(), now())`,
    `insert into notice_recipients (account_id, notice_id, lead_account_id, person_id, channel, contact, label, gap)
     select account.id, ${NOTICE_ID}, case when phone.number is not null then min(account.id) over (partition by phone.number) end,
       phone.person_id, case when phone.number is not null then 'sms' end, coalesce('tel:' || phone.number, ''), '春晖苑' || account.id || '号',
       case when phone.number is null then 'no-number' else '' end
     from heat_accounts account join account_roles role on role.account_id = account.id
     left join person_phones phone on phone.person_id = role.person_id`,
    `insert into notice_fan_outs (notice_id, goes_at)
     select ${NOTICE_ID}, now() + business_clock_offset_seconds * interval '1 second' + interval '${goes}' from database_facts`,
  ]) {
    await ask(url, step);
  }
};

/** Lost: a household with a way to it that no message names. Doubled: one that two name, a number with two, a gap with one. */
export const countNotice = (url: string): Promise<Count> =>
  askOne<Count>(
    url,
    `
    with named as (
      select account_id from messages where regarding = 'notice:${NOTICE_ID}' and home_count = 0
      union all
      select home.account_id from message_homes home join messages on messages.id = home.message_id
      where regarding = 'notice:${NOTICE_ID}'
    ), times as (
      select account_id, count(*) as n from named group by account_id
    ), numbers as (
      select recipient, count(*) as n from messages where regarding = 'notice:${NOTICE_ID}' group by recipient
    )
    select count(*) filter (where asked.gap = '' and times.n is null)::int as lost,
      (count(*) filter (where times.n > 1 or (asked.gap <> '' and times.n > 0))
        + (select count(*) from numbers where n > 1))::int as doubled
    from notice_recipients asked left join times on times.account_id = asked.account_id`,
  );
