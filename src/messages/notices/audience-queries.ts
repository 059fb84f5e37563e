/**
 * SQL on audiences: who it is, by which way each household is reached, and the freezing. One text for the preview and for the
 * freezing, so that what was counted is what is frozen. The conditions are chosen by what the audience names; values are bound.
 */
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { accountOnHold } from "#src/town/accounts/index.ts";
import { doorLabel } from "#src/town/network/index.ts";
import { toldTheSame } from "./same-words-queries.ts";
import {
  type Audience,
  FOR_WHOEVER_LIVES_THERE,
  HOLDS_AGAINST,
  type NoticeChannel,
  type NoticePurpose,
} from "./schema.ts";

export type AudienceQuery = {
  readonly audience: Audience;
  readonly purpose: NoticePurpose;
  /** '' needs none. */
  readonly consent: string;
  readonly channels: readonly NoticeChannel[];
  readonly scope: {
    readonly scopeKind: string;
    readonly scopeIds: readonly bigint[];
    readonly scopeDay: string;
  };
  readonly at: Date;
};

/** What hangs on a source, a station or a loop hangs on it as the network is switched now. */
const PLACE_CONDITIONS: Readonly<Partial<Record<keyof Audience, string>>> = {
  everybody: "true",
  heatSourceIds: `home.building_id in (select road.building_id from building_roads road
    where road.valid @> :at::timestamptz and road.heat_source_id = any(:heatSourceIds::bigint[]))`,
  stationIds: `home.building_id in (select road.building_id from building_roads road
    where road.valid @> :at::timestamptz and road.station_id = any(:stationIds::bigint[]))`,
  loopIds: `home.building_id in (select fed.building_id from building_feeds fed
    where fed.valid @> :at::timestamptz and fed.loop_id = any(:loopIds::bigint[]))`,
  communityIds: `home.building_id in (select building.id from buildings building
    where building.community_id = any(:communityIds::bigint[]))`,
  buildingIds: "home.building_id = any(:buildingIds::bigint[])",
  areaIds: `home.building_id in (select served.building_id from service_area_buildings served
    where served.valid @> :scopeDay::date and served.area_id = any(:areaIds::bigint[]))`,
  accountNos: "account.account_no = any(:accountNos::text[])",
  reminderRunId: `account.id in (select entry.account_id from dunning_entries entry
    where entry.run_id = :reminderRunId::bigint)`,
};

// A message stands under the first of the homes that it names, and told all of them but those that it left out. One that was
// skipped, taken back or refused told nobody anything, unless a newer notice took its place; one that is about to be queued will.
const TOLD = `account.id in (select told.account_id from notice_recipients told
    join notices first on first.id = told.notice_id
    left join messages sent on sent.regarding = 'notice:' || told.notice_id and sent.account_id = told.lead_account_id
    where told.notice_id = any(:toldBy::bigint[]) and told.gap = ''
      and case when sent.id is null then first.state in ('running', 'paused') or first.state_reason = 'overtaken'
        when sent.state in ('skipped', 'cancelled')
          then sent.reason = 'superseded' or (sent.reason = 'notice-stopped' and first.state_reason = 'overtaken')
        else sent.state <> 'rejected' end
      and not exists (select 1 from message_homes home_left where home_left.message_id = sent.id
        and home_left.account_id = told.account_id and home_left.left_out not in ('', 'superseded')))`;

const MISSED = `account.id in (select missed.account_id from notice_recipients missed
    left join messages sent on sent.regarding = 'notice:' || missed.notice_id and sent.account_id = missed.lead_account_id
    where missed.notice_id = any(:missedBy::bigint[])
      and (missed.gap not in ('', 'same-words') or sent.state in ('rejected', 'undelivered', 'expired')))`;

const owesSql = (offers: boolean): string => `(select coalesce(sum(bill.amount_fen - bill.paid_fen), 0)
    from bills bill where bill.account_id = account.id and bill.paid_fen < bill.amount_fen
      and bill.state in (${offers ? "'due', 'offered'" : "'due'"})
      and (:owesSeason::smallint is null or bill.season_id = :owesSeason::smallint)) >= :owesFen::bigint`;

const conditionsOf = (audience: Audience): string[] => {
  const places = Object.entries(PLACE_CONDITIONS)
    .filter(([name]) => audience[name as keyof Audience] !== undefined)
    .map(([, text]) => text);
  const day = ":scopeDay::date";
  return [
    ...(places.length === 0 ? [] : [`(${places.join(" or ")})`]),
    ...(audience.toldBy === undefined ? [] : [TOLD]),
    ...(audience.missedBy === undefined ? [] : [MISSED]),
    ...(audience.floors === undefined ? [] : ["home.floor = any(:floors::text[])"]),
    ...(audience.heatClass === undefined
      ? []
      : [
          `exists (select 1 from charge_points point join charge_point_terms terms on terms.charge_point_id = point.id
             where point.account_id = account.id and terms.valid @> ${day} and terms.heat_class = :heatClass)`,
        ]),
    ...(audience.supply === undefined
      ? []
      : [
          `exists (select 1 from charge_points point join supply_states supply on supply.charge_point_id = point.id
             where point.account_id = account.id and supply.valid @> ${day} and supply.state = any(:supply::text[]))`,
        ]),
    ...(audience.owes === undefined ? [] : [owesSql(audience.owes.offers)]),
    ...(audience.onHold === undefined ? [] : [accountOnHold("account.id", day, audience.onHold)]),
    ...(audience.notOnHold === undefined
      ? []
      : [`not ${accountOnHold("account.id", day, audience.notOnHold)}`]),
  ];
};

const EXISTS: Readonly<Partial<Record<keyof Audience, string>>> = {
  heatSourceIds: "select 1 from heat_sources known where known.id = given.key",
  stationIds: "select 1 from stations known where known.id = given.key",
  loopIds: "select 1 from loops known where known.id = given.key",
  communityIds: "select 1 from communities known where known.id = given.key",
  buildingIds: "select 1 from buildings known where known.id = given.key",
  areaIds: "select 1 from service_areas known where known.id = given.key",
  toldBy: "select 1 from notices known where known.id = given.key",
  missedBy: "select 1 from notices known where known.id = given.key",
  accountNos: `select 1 from heat_accounts account where account.account_no = given.key and account.state <> 'closed'
      and ${accountScope("account")}`,
};

/** What an audience names and does not exist (accounts: or is closed, or is not the writer's to see), at most 20 of a sort. */
export const findUnknown = (
  sql: Sql,
  audience: Audience,
  scope: AudienceQuery["scope"],
): Promise<{ readonly place: string; readonly unknown: readonly string[] }[]> => {
  const asked = Object.entries(EXISTS).filter(([name]) => audience[name as keyof Audience] !== undefined);
  if (asked.length === 0) return Promise.resolve([]);
  const parts = asked.map(([name, exists]) => {
    const type = name === "accountNos" ? "text[]" : "bigint[]";
    return `select '${name}' as place, (array_agg(given.key::text order by given.key))[1:20] as unknown
      from unnest(:${name}::${type}) given (key) where not exists (${exists}) having count(*) > 0`;
  });
  return sql.rows(parts.join("\n union all "), { ...audience, ...scope });
};

const bindingsOf = ({ audience, scope, at, consent }: AudienceQuery): Bindings => ({
  ...audience,
  owesSeason: audience.owes?.season ?? null,
  owesFen: audience.owes?.atLeastFen ?? null,
  consent,
  at,
  ...scope,
});

// Closed accounts are nobody's home any more.
const homesSql = (audience: Audience): string => `
  select account.id as account_id from heat_accounts account join premises home on home.id = account.premises_id
  where account.state <> 'closed' and ${accountScope("account")}
    ${conditionsOf(audience)
      .map((condition) => `and ${condition}`)
      .join("\n    ")}`;

/** Who lives there hears of water and heat first, by whatever way there is; who pays hears of money first. */
const livesElsewhere = (purpose: NoticePurpose): string =>
  FOR_WHOEVER_LIVES_THERE.includes(purpose) ? "role.role <> 'tenant'" : "false";
const rolesInOrder = (purpose: NoticePurpose): string =>
  purpose === "payment-notice"
    ? `case role.role when 'payer' then 1 when 'owner' then 2 else 3 end`
    : `case role.role when 'tenant' then 1 when 'payer' then 2 else 3 end`;

/** A greeting needs a word of agreement; a notice only that nobody refused it. */
const needsAgreement = (purpose: NoticePurpose): boolean => purpose === "greeting" || purpose === "survey";

const refusedSql = (purpose: NoticePurpose, contact: string): string =>
  needsAgreement(purpose)
    ? `(word.granted is distinct from true or exists (select 1 from contact_refusals stopped
         where stopped.recipient = ${contact} and stopped.purpose = :consent and stopped.refused))`
    : "word.granted is not distinct from false";

const waySql = (purpose: NoticePurpose, channel: NoticeChannel, order: number): string => {
  const contact = channel === "email" ? "'mailto:' || way.address" : "'tel:' || way.number";
  const table = channel === "email" ? "person_mails" : "person_phones";
  const unfit = channel === "sms" ? `when way.kind <> 'mobile' then 'no-mobile'` : "";
  return `select homes.account_id, ${order} as channel_order, '${channel}' as channel, role.person_id,
      ${livesElsewhere(purpose)} as lives_elsewhere, ${rolesInOrder(purpose)} as role_order, way.confirmed, ${contact} as contact,
      case when way.confirmed = false then 'number-wrong' ${unfit} when ${refusedSql(purpose, contact)} then 'no-consent'
        else '' end as gap
    from homes join account_roles role on role.account_id = homes.account_id and role.valid @> :scopeDay::date
    join ${table} way on way.person_id = role.person_id left join words word on word.person_id = role.person_id`;
};

/** Numbers and addresses of homes that a purpose keeps away from: the phone rings in that home whichever home it is named for. */
const shunnedSql = (kinds: readonly string[]): string => `shunned as materialized (
    with held as (
      select role.person_id, hold.kind from account_holds hold
      join account_roles role on role.account_id = hold.account_id and role.valid @> :scopeDay::date
      where hold.released_at is null and hold.kind in (${kinds.map((kind) => `'${kind}'`).join(", ")})
        and hold.starts_on <= :scopeDay::date and (hold.ends_on is null or hold.ends_on >= :scopeDay::date))
    select distinct on (contact) contact, kind from (
      select 'tel:' || phone.number as contact, held.kind from held join person_phones phone using (person_id)
      union all
      select 'mailto:' || mail.address, held.kind from held join person_mails mail using (person_id)) known
    order by contact, kind),
  `;

/** Each household once, with its way or the reason why there is none. */
const judgedSql = (query: AudienceQuery): string => {
  const held = HOLDS_AGAINST[query.purpose].map(
    (kind) => `when ${accountOnHold("homes.account_id", ":scopeDay::date", [kind])} then '${kind}'`,
  );
  const isCourtesy = needsAgreement(query.purpose);
  return `homes as materialized (${homesSql(query.audience)}),
  words as materialized (
    select distinct on (said.person_id) said.person_id, said.granted from consents said
    where said.purpose = :consent order by said.person_id, said.id desc),
  ${isCourtesy ? shunnedSql(HOLDS_AGAINST[query.purpose]) : ""}ways as (${query.channels.map((channel, order) => waySql(query.purpose, channel, order)).join("\n    union all ")}),
  chosen as (
    select distinct on (account_id) account_id, channel, person_id, contact, gap from ways
    order by account_id, case gap when '' then 0 when 'no-consent' then 1 when 'no-mobile' then 2 else 3 end,
      lives_elsewhere, channel_order, confirmed desc nulls last, role_order, contact),
  judged as materialized (
    select homes.account_id, chosen.channel, chosen.person_id, chosen.contact,
      case ${held.join(" ")} ${isCourtesy ? "when shunned.kind is not null then shunned.kind" : ""} when chosen.account_id is not null then chosen.gap
        when exists (select 1 from account_roles role where role.account_id = homes.account_id
          and role.valid @> :scopeDay::date) then 'no-number' else 'no-person' end as gap
    from homes left join chosen using (account_id)${isCourtesy ? " left join shunned on shunned.contact = chosen.contact" : ""})`;
};

/**
 * `led`: with the home under which its message goes. By a window and not by a join: what is told here has no statistics, and two
 * lists that were believed to be short were joined as a loop over all for each.
 */
const LED = `led as materialized (
    select judged.*, case when gap = '' then min(account_id) over (partition by channel, contact, gap) end as lead_account_id
    from judged)`;
const LEADS = `${LED},
  leads as materialized (
    select channel, contact, lead_account_id, count(*) as homes from led where gap = ''
    group by channel, contact, lead_account_id)`;

export type AudienceCounts = {
  readonly households: number;
  readonly reachable: number;
  readonly messages: number;
  readonly byChannel: Readonly<Record<string, number>>;
  readonly gaps: Readonly<Record<string, number>>;
  /** The most homes that one message names. */
  readonly mostHomes: number;
};

/** Counts without writing anything: the figures of a preview. */
export const countAudience = (sql: Sql, query: AudienceQuery): Promise<AudienceCounts> =>
  sql.one<AudienceCounts>(
    `with ${judgedSql(query)}, ${LEADS}
     select (select count(*) from judged)::int as households,
       (select count(*) from judged where gap = '')::int as reachable,
       (select count(*) from leads)::int as messages,
       coalesce((select jsonb_object_agg(channel, n) from (
         select channel, count(*) as n from leads group by channel) counted), '{}') as "byChannel",
       coalesce((select jsonb_object_agg(gap, n) from (
         select gap, count(*) as n from judged where gap <> '' group by gap) counted), '{}') as gaps,
       coalesce((select max(homes) from leads), 0)::int as "mostHomes"`,
    bindingsOf(query),
  );

/** Of the homes that would be reached those that have the same words from one of these notices. */
export const countAgain = async (
  sql: Sql,
  query: AudienceQuery,
  sameAs: readonly bigint[],
): Promise<number> => {
  const counted = await sql.one<{ homes: number }>(
    `with ${judgedSql(query)}
     select count(*)::int as homes from judged where gap = '' and ${toldTheSame("judged.account_id")}`,
    { ...bindingsOf(query), sameAs },
  );
  return counted.homes;
};

/**
 * Of these messages those whose home is told by another way by now than they were queued for, by the rule of the freezing: a tenant
 * moved in, a number was confirmed. Only where there is such a way.
 */
export const findOtherWays = (
  sql: Sql,
  asked: {
    readonly messageIds: readonly bigint[];
    readonly accountIds: readonly (bigint | null)[];
    readonly purpose: NoticePurpose;
    readonly consent: string;
    readonly channel: NoticeChannel;
    readonly scopeDay: string;
  },
) => {
  const { purpose, channel, ...bindings } = asked;
  return sql.rows<{ messageId: bigint; accountId: bigint; to: string }>(
    `with asked as materialized (
       select own.id as message_id, given.account_id, own.recipient
       from unnest(:messageIds::bigint[], :accountIds::bigint[]) given (message_id, account_id)
       join messages own on own.id = given.message_id and own.channel = '${channel}'),
     homes as materialized (select distinct account_id from asked),
     words as materialized (
       select distinct on (said.person_id) said.person_id, said.granted from consents said
       where said.purpose = :consent and said.person_id in (select role.person_id from homes
         join account_roles role on role.account_id = homes.account_id and role.valid @> :scopeDay::date)
       order by said.person_id, said.id desc),
     ways as (${waySql(purpose, channel, 0)}),
     chosen as (
       select distinct on (account_id) account_id, contact from ways where gap = ''
       order by account_id, lives_elsewhere, confirmed desc nulls last, role_order, contact)
     select asked.message_id as "messageId", asked.account_id as "accountId", chosen.contact as "to"
     from asked join chosen using (account_id) where chosen.contact <> asked.recipient`,
    bindings,
  );
};

/** `春晖苑1号楼1单元101`, `纺机厂家属院5号楼1单元3层东户`: how a message names a home. */
export const HOME_LABEL = `community.name || building.name || unit.name || ${doorLabel("home")}`;
export const HOME_JOINS = `join premises home on home.id = account.premises_id
  join units unit on unit.id = home.unit_id join buildings building on building.id = home.building_id
  join communities community on community.id = building.community_id`;

export type SampleRow = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly channel: NoticeChannel;
  readonly contact: string;
  readonly homes: string;
  readonly homeCount: number;
  readonly amountFen: bigint;
  /** One of those that name most homes, not one that was drawn: a mean is not taken over these. */
  readonly largest: boolean;
};

/** Open bills of the homes of one message, in fen; the figure of `amount` in a text. */
export const openFenSql = (
  account: string,
): string => `(select coalesce(sum(bill.amount_fen - bill.paid_fen), 0)
  from bills bill where bill.account_id = ${account} and bill.state in ('due', 'offered')
    and bill.paid_fen < bill.amount_fen)`;

/** Messages as they would be: the two that name most homes first, then so many drawn from all of them, spread over the audience. */
export const sampleAudience = (sql: Sql, query: AudienceQuery, limit: number): Promise<SampleRow[]> =>
  sql.rows<SampleRow>(
    `with ${judgedSql(query)}, ${LEADS},
     picked as (
       (select channel, contact, lead_account_id, true as largest from leads where homes > 1
        order by homes desc, lead_account_id limit 2)
       union all (select channel, contact, lead_account_id, false from leads
        order by md5(lead_account_id::text) limit :sampleLimit::int))
     select picked.lead_account_id as "accountId", min(account.account_no) as "accountNo", picked.channel, picked.contact,
       string_agg(${HOME_LABEL}, '、' order by account.id) as homes, count(*)::int as "homeCount",
       sum(${openFenSql("account.id")})::bigint as "amountFen", picked.largest
     from picked join (
       select account_id, lead_account_id from led where lead_account_id = any(array(select lead_account_id from picked))
     ) named on named.lead_account_id = picked.lead_account_id
     join heat_accounts account on account.id = named.account_id ${HOME_JOINS}
     group by picked.largest, picked.lead_account_id, picked.channel, picked.contact
     order by picked.largest desc, count(*) desc, md5(picked.lead_account_id::text)`,
    { ...bindingsOf(query), sampleLimit: limit },
  );

/** Writes the audience as it is now, one row a household, in one statement and so of one instant. */
export const freezeAudience = (
  sql: Sql,
  query: AudienceQuery & { readonly noticeId: bigint },
): Promise<{ households: number; reachable: number; messages: number }> =>
  sql.one(
    `with ${judgedSql(query)}, ${LED},
     written as (
       insert into notice_recipients (account_id, notice_id, lead_account_id, person_id, channel, contact, label, gap)
       select led.account_id, :noticeId::bigint, led.lead_account_id,
         case when led.gap = '' then led.person_id end,
         case when led.gap = '' then led.channel end, case when led.gap = '' then led.contact else '' end,
         case when led.gap = '' then ${HOME_LABEL} else '' end, led.gap
       from led join heat_accounts account on account.id = led.account_id ${HOME_JOINS}
       order by led.account_id
       returning account_id, lead_account_id)
     select count(*)::int as households, count(lead_account_id)::int as reachable,
       (count(*) filter (where account_id = lead_account_id))::int as messages from written`,
    { ...bindingsOf(query), noticeId: query.noticeId },
  );

/** Takes a frozen audience back: what was approved was changed. */
export const thawAudience = (sql: Sql, noticeId: bigint): Promise<number> =>
  sql.run(
    `delete from notice_recipients where notice_id = :noticeId
       and exists (select 1 from notices where id = :noticeId and state in ('waiting', 'approved'))`,
    { noticeId },
  );
