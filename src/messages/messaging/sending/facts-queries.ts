/** What is read again just before messages are called: one row for each home of each of them. */
import type { Sql } from "#src/platform/sql.ts";
import type { MessageChannel } from "../outbox-queries.ts";
import type { MessagePurpose } from "../purposes.ts";

export type ClaimFact = {
  readonly id: bigint;
  readonly purpose: MessagePurpose;
  readonly channel: MessageChannel;
  readonly recipient: string;
  readonly step: string;
  readonly regarding: string;
  readonly consent: "" | "service-notice" | "payment-notice" | "greeting" | "survey";
  readonly template: string;
  readonly locale: "zh-CN" | "en";
  readonly variables: Readonly<Record<string, string | number>>;
  readonly threadKey: string;
  readonly inReplyTo: string;
  readonly expiresAt: Date | null;
  readonly hasQuietWord: boolean;
  readonly attempts: number;
  readonly replays: number;
  readonly homeCount: number;
  /** Of a home of several; null while it is about one. */
  readonly ordinal: number | null;
  readonly label: string;
  readonly accountId: bigint | null;
  readonly personId: bigint | null;
  /** `tel:` or `mailto:`; null when the person has none that may be used. */
  readonly address: string | null;
  /** The last word on the purpose of consent; null: never asked. */
  readonly lastWord: boolean | null;
  /** STOP by the number itself. */
  readonly refused: boolean;
  /** Somebody found out that this number is not theirs. */
  readonly knownWrong: boolean;
  /** The person does not have this number or address any more. */
  readonly moved: boolean;
  /** The person has a role on the account today; true where there is none to have. */
  readonly atHome: boolean;
  /** Called today to this address or to this person, or claimed for it before, for purposes that are capped. */
  readonly toldToday: number;
};

const WENT = `told.state not in ('queued', 'claimed', 'skipped', 'cancelled', 'rejected')`;
const EARLIER = `told.state = 'claimed' and (told.fence, told.id) < (m.fence, m.id) and told.id <> all(:ids::bigint[])`;

const facts = `
  select m.id, m.purpose, m.channel, m.recipient, m.step, m.regarding, m.consent, m.template, m.locale, m.variables,
    m.thread_key as "threadKey", m.in_reply_to as "inReplyTo", m.expires_at as "expiresAt",
    m.quiet_word_by is not null as "hasQuietWord", m.attempts, m.replays, m.home_count as "homeCount",
    h.ordinal, coalesce(h.label, '') as label, home.account_id as "accountId", home.person_id as "personId",
    target.address,
    case when m.consent = '' or home.person_id is null then null else (
      select c.granted from consents c where c.person_id = home.person_id and c.purpose = m.consent
      order by c.id desc limit 1) end as "lastWord",
    m.consent in ('greeting', 'survey') and exists (select 1 from contact_refusals r
      where r.recipient = target.address and r.purpose = m.consent and r.refused) as refused,
    coalesce(own.confirmed, others.confirmed) is false as "knownWrong",
    home.person_id is not null and own.confirmed is null and own.found is null as moved,
    home.person_id is null or home.account_id is null or exists (select 1 from account_roles role
      where role.account_id = home.account_id and role.person_id = home.person_id
        and role.valid @> :today::date) as "atHome",
    case when m.purpose = any(:capped::text[]) then (
      select count(*)::integer from (
        -- the two conditions that let the partial indexes serve
        select told.id from messages told
        where told.address = target.address and told.address <> '' and told.called_at >= :midnight and ${WENT}
        union
        select told.id from messages told
        where told.person_id = home.person_id and told.called_at >= :midnight and ${WENT}
        union
        -- Of two that are claimed at once the later counts the earlier: whichever job comes first, not both are below the cap.
        -- Those of this wave are counted by whoever judges it.
        select told.id from messages told
        where told.purpose = any(:capped::text[]) and told.recipient = target.address and ${EARLIER}
        union
        select told.id from messages told
        where told.person_id = home.person_id and told.purpose = any(:capped::text[]) and ${EARLIER}) told
      where told.id <> m.id)
      else 0 end as "toldToday"
  from messages m
  left join message_homes h on h.message_id = m.id
  cross join lateral (
    select case when h.message_id is null then m.account_id else h.account_id end as account_id,
      case when h.message_id is null then m.person_id else h.person_id end as person_id) home
  cross join lateral (
    select case
      when m.recipient not like 'person:%' then m.recipient
      when m.channel = 'email' then (select 'mailto:' || mail.address from person_mails mail
        where mail.person_id = m.person_id and mail.confirmed is not false
        order by mail.confirmed desc nulls last, mail.recorded_at desc limit 1)
      else (select 'tel:' || phone.number from person_phones phone
        where phone.person_id = m.person_id and phone.confirmed is not false
          and (m.channel = 'voice' or phone.kind <> 'landline')
        order by phone.confirmed desc nulls last, phone.kind = 'mobile' desc, phone.number limit 1)
      end as address) target
  left join lateral (
    select phone.confirmed, true as found from person_phones phone
    where phone.person_id = home.person_id and 'tel:' || phone.number = target.address
    union all
    select mail.confirmed, true from person_mails mail
    where mail.person_id = home.person_id and 'mailto:' || mail.address = target.address
    limit 1) own on true
  left join lateral (
    select phone.confirmed from person_phones phone
    where home.person_id is null and target.address like 'tel:%' and phone.number = substr(target.address, 5)
    order by phone.confirmed desc nulls first limit 1) others on true
  where m.id = any(:ids::bigint[]) and m.state = 'claimed' and m.fence = :fence
  order by m.id, h.ordinal`;

export const readClaimFacts = (
  sql: Sql,
  query: {
    ids: readonly bigint[];
    fence: number;
    today: string;
    midnight: Date;
    capped: readonly string[];
  },
) => sql.rows<ClaimFact>(facts, query);
