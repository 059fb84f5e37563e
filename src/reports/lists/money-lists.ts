/** The lists behind what was collected and what the banks say. */
import { accountScope } from "#src/platform/scope.ts";
import { AREA_FACTS, inNamedAreas } from "../area-queries.ts";
import { DOUBTFUL_POSTINGS, STANDING_BILLS } from "../collection-parts-queries.ts";
import { OPEN_SUSPENSE } from "../money-queries.ts";
import { NOBODY } from "../span.ts";
import { bridge } from "./bridge-list.ts";
import { byPart, type ListDefinition, paged } from "./model.ts";

/** Of the channel; its code where nobody gave one, nothing where there is no channel. */
const IN_ENGLISH = `coalesce(channel.name_en, channel.code, '') as "channelEn"`;
const OF_HOME = `join premises home on home.id = account.premises_id`;
const ours = `${accountScope("account")} and ${inNamedAreas("home.building_id")}`;
const managed = `(:staff::bigint is null or coalesce((select area.manager_id from service_area_buildings served
      join ${AREA_FACTS} area on area.id = served.area_id
      where served.building_id = home.building_id and served.valid @> :toDay::date), ${NOBODY}) = :staff::bigint)`;

const channelOf = `coalesce(channel.code, case when p.kind = 'suspense-claimed' then 'suspense' else 'prepaid' end)`;
const ofChannels = "p.kind in ('payment', 'payment-reversed', 'prepaid-applied', 'suspense-claimed')";
const ofSeason = "b.season_id = :season and b.kind = 'heat'";

/** A row is told by its day and its number, so that a page reads the business of its own days and no other. */
const A_DAY = "10000000000000";
const FIRST_DAY = "date '2000-01-01'";

// Day by day, the latest first.
const received: ListDefinition = {
  columns: {
    accountNo: "account",
    address: "text",
    posting: "code",
    channel: "text",
    season: "text",
    accountingDay: "day",
    fen: "fen",
  },
  parts: ["season", "day", "until", "channel", "to-date", "old", "prepaid", "cash"],
  sql: `
    select of_day.* from (
      select :toDay::date - back as day from generate_series(
        greatest(0, :toDay::date - (${FIRST_DAY} + (:beforeId::bigint / ${A_DAY})::int)),
        :toDay::date - ${byPart({
          until: "(select min(accounting_date) from postings)",
          "to-date": ":seasonFrom::date",
        }).replace(/ end$/, " else :fromDay::date end")}) back
      order by 1 desc
    ) days cross join lateral (
      select (days.day - ${FIRST_DAY}) * ${A_DAY} + a.id as id, account.account_no as "accountNo", home.address, p.kind as posting,
        coalesce(channel.name, '') as channel, ${IN_ENGLISH}, b.season_id::text as season, p.accounting_date as "accountingDay",
        a.amount_fen as fen
      from postings p join allocations a on a.posting_id = p.id
      join heat_accounts account on account.id = a.account_id ${OF_HOME}
      left join bills b on b.id = a.bill_id
      left join payments payment on payment.id = p.source_id and p.kind in ('payment', 'payment-reversed')
      left join channels channel on channel.id = payment.channel_id
      where p.accounting_date = days.day and p.id <> all (${DOUBTFUL_POSTINGS}) and ${ours} and ${managed}
        and (days.day - ${FIRST_DAY}) * ${A_DAY} + a.id < coalesce(:beforeId::bigint, 9223372036854775807)
        and (:channel::text is null or ${channelOf} = :channel::text)
        and ${byPart({
          // A bill that was withdrawn stands no more, nor does what was paid on it.
          season: `${ofSeason} and not exists (select 1 from bill_cancellations gone
            where gone.bill_id = b.id and b.state = 'cancelled' and gone.cancelled_at < :to::timestamptz)`,
          day: ofSeason,
          until: ofSeason,
          channel: `${ofSeason} and ${ofChannels}`,
          "to-date": `${ofSeason} and ${ofChannels}`,
          old: `a.bill_id is not null and not (${ofSeason}) and ${ofChannels}`,
          prepaid: `a.bill_id is null and ${ofChannels}`,
          cash: "p.kind in ('payment', 'payment-reversed')",
        })}
      order by a.id desc limit :limit
    ) of_day
    order by days.day desc, of_day.id desc limit :limit`,
};

/** Payments of the days, once each; a payment stands where the first part of it went. */
const takings: ListDefinition = {
  columns: {
    accountNo: "account",
    address: "text",
    channel: "text",
    serial: "text",
    paidAt: "time",
    fen: "fen",
  },
  sql: paged(`
    select p.id, account.account_no as "accountNo", home.address, channel.name as channel, ${IN_ENGLISH}, payment.serial,
      payment.paid_at as "paidAt", payment.amount_fen as fen
    from postings p join payments payment on payment.id = p.source_id join channels channel on channel.id = payment.channel_id
    join lateral (select a.account_id from allocations a where a.posting_id = p.id order by a.id limit 1) first on true
    join heat_accounts account on account.id = first.account_id ${OF_HOME}
    where p.kind = 'payment' and p.accounting_date between :fromDay::date and :toDay::date
      and p.id <> all (${DOUBTFUL_POSTINGS}) and ${ours} and (:channel::text is null or channel.code = :channel::text)`),
};

// Home by home, the latest first: a page asks for its own homes and not for the whole season.
const bills: ListDefinition = {
  columns: {
    accountNo: "account",
    address: "text",
    area: "text",
    manager: "text",
    issuedFen: "fen",
    receivedFen: "fen",
    openFen: "fen",
    milliM2: "milli-m2",
  },
  parts: ["issued", "paid", "unpaid"],
  sql: paged(`
    select account.id, account.account_no as "accountNo", home.address, area.name as area, area.manager_name as manager,
      h.amount_fen as "issuedFen", h.received_fen as "receivedFen", greatest(h.amount_fen - h.received_fen, 0) as "openFen", h.milli_m2 as "milliM2"
    from heat_accounts account ${OF_HOME}
    cross join lateral (
      select sum(s.amount_fen)::bigint as amount_fen, coalesce(sum(r.fen), 0)::bigint as received_fen,
        coalesce(sum(m.milli_m2), 0)::bigint as milli_m2
      from (${STANDING_BILLS} and b.account_id = account.id
      ) s cross join lateral (
        select sum(a.amount_fen) as fen from allocations a join postings p on p.id = a.posting_id
        where a.bill_id = s.id and p.accounting_date <= :toDay::date and p.id <> all (${DOUBTFUL_POSTINGS})
      ) r cross join lateral (
        select sum(line.billing_area_milli_m2) as milli_m2 from bill_lines line where line.bill_id = s.id
      ) m
      having count(*) > 0
    ) h
    left join service_area_buildings served on served.building_id = home.building_id and served.valid @> :toDay::date
    left join ${AREA_FACTS} area on area.id = served.area_id
    where ${ours} and (:staff::bigint is null or coalesce(area.manager_id, ${NOBODY}) = :staff::bigint)
      and ${byPart({
        issued: "true",
        paid: "h.received_fen >= h.amount_fen",
        unpaid: "h.received_fen < h.amount_fen",
      })}`),
};

const payments: ListDefinition = {
  columns: {
    accountNo: "account",
    posting: "code",
    channel: "text",
    serial: "text",
    paidAt: "time",
    fen: "fen",
  },
  parts: ["all", "payments", "reversals"],
  wholeCompany: true,
  sql: paged(`
    select p.id, account.account_no as "accountNo", p.kind as posting, channel.name as channel, ${IN_ENGLISH}, payment.serial,
      payment.paid_at as "paidAt", case when p.kind = 'payment' then payment.amount_fen else -payment.amount_fen end as fen
    from postings p join payments payment on payment.id = p.source_id
    join channels channel on channel.id = payment.channel_id join heat_accounts account on account.id = payment.account_id
    where p.kind in ('payment', 'payment-reversed') and p.accounting_date between :fromDay::date and :toDay::date
      and p.id <> all (${DOUBTFUL_POSTINGS}) and (:channel::text is null or channel.code = :channel::text)
      and ${byPart({ all: "true", payments: "p.kind = 'payment'", reversals: "p.kind = 'payment-reversed'" })}`),
};

const fileLines: ListDefinition = {
  columns: {
    channel: "text",
    file: "text",
    row: "count",
    accountText: "text",
    state: "code",
    lineKind: "code",
    fen: "fen",
  },
  wholeCompany: true,
  sql: paged(`
    select l.id, channel.name as channel, ${IN_ENGLISH}, f.file_name as file, l.row_no as row, l.account_no as "accountText", l.state,
      l.kind as "lineKind", case when l.kind = 'payment' then l.amount_fen else -l.amount_fen end as fen
    from import_files f join channels channel on channel.id = f.channel_id join bank_lines l on l.file_id = f.id
    where f.kind = 'collection' and f.state in ('posting', 'posted') and l.bank_day = :toDay::date
      and (f.bank_day = :toDay::date or (f.bank_day is null and :toDay::date between f.first_day and f.last_day))
      and (:channel::text is null or channel.code = :channel::text)`),
};

const credits: ListDefinition = {
  columns: {
    channel: "text",
    reference: "text",
    valueDay: "day",
    grossFen: "fen",
    feeFen: "fen",
    fen: "fen",
  },
  wholeCompany: true,
  sql: paged(`
    select credit.id, channel.name as channel, ${IN_ENGLISH}, credit.reference, credit.value_date as "valueDay",
      credit.gross_fen as "grossFen", credit.fee_fen as "feeFen",
      credit.gross_fen - credit.fee_fen as fen
    from bank_credits credit join channels channel on channel.id = credit.channel_id
    where credit.bank_day = :toDay::date and (:channel::text is null or channel.code = :channel::text)`),
};

const differences: ListDefinition = {
  columns: {
    channel: "text",
    class: "code",
    state: "code",
    bankFen: "fen",
    ourFen: "fen",
    openedAt: "time",
    note: "text",
  },
  parts: ["all", "open"],
  wholeCompany: true,
  sql: paged(`
    select b.id, channel.name as channel, ${IN_ENGLISH}, b.class, b.state, b.bank_amount_fen as "bankFen", b.our_amount_fen as "ourFen",
      b.opened_at as "openedAt", coalesce(b.resolution, '') as note
    from bank_days d join breaks b on b.bank_day_id = d.id join channels channel on channel.id = d.channel_id
    where d.bank_day = :toDay::date and (:channel::text is null or channel.code = :channel::text)
      and (:class::text is null or b.class = :class::text)
      and (:part::text = 'all' or b.state = 'open')`),
};

const suspense: ListDefinition = {
  columns: { channel: "text", receivedOn: "day", accountText: "text", state: "code", fen: "fen" },
  wholeCompany: true,
  sql: paged(`
    select i.id, coalesce(channel.name, '') as channel, ${IN_ENGLISH}, i.received_on as "receivedOn", coalesce(l.account_no, '') as "accountText",
      i.state, i.amount_fen as fen
    from suspense_items i left join channels channel on channel.id = i.channel_id
    left join bank_lines l on l.id = i.bank_line_id where ${OPEN_SUSPENSE}`),
};

const doubtful: ListDefinition = {
  columns: { accountNo: "account", channel: "text", serial: "text", paidAt: "time", fen: "fen" },
  wholeCompany: true,
  sql: paged(`
    select payment.id, account.account_no as "accountNo", channel.name as channel, ${IN_ENGLISH}, payment.serial,
      payment.paid_at as "paidAt", payment.amount_fen as fen
    from payments payment join channels channel on channel.id = payment.channel_id
    join heat_accounts account on account.id = payment.account_id
    where payment.state = 'doubtful' and payment.paid_at < :to::timestamptz`),
};

/** What the ledger's transfers and the allocations do not say alike: posting by posting. */
const gap: ListDefinition = {
  columns: { posting: "code", accountingDay: "day", oursFen: "fen", cashFen: "fen", fen: "fen" },
  wholeCompany: true,
  sql: paged(`
    select p.id, p.kind as posting, p.accounting_date as "accountingDay", moved.fen as "oursFen", split.fen as "cashFen",
      moved.fen - split.fen as fen
    from postings p cross join lateral (
      select coalesce(sum(case when p.kind = 'payment' then t.amount_fen else -t.amount_fen end), 0)::bigint as fen
      from transfers t where t.posting_id = p.id
    ) moved cross join lateral (
      select coalesce(sum(a.amount_fen), 0)::bigint as fen from allocations a where a.posting_id = p.id
    ) split
    where p.kind in ('payment', 'payment-reversed') and p.accounting_date between :fromDay::date and :toDay::date
      and p.id <> all (${DOUBTFUL_POSTINGS}) and moved.fen <> split.fen`),
};

export const MONEY_LISTS = {
  received,
  takings,
  bills,
  payments,
  fileLines,
  credits,
  differences,
  bridge,
  suspense,
  doubtful,
  gap,
};
