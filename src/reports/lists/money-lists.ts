/** The lists behind what was collected and what the banks say. */
import { accountScope } from "#src/platform/scope.ts";
import { AREA_FACTS, inNamedAreas } from "../area-queries.ts";
import { DOUBTFUL_POSTINGS, STANDING_BILLS } from "../collection-parts-queries.ts";
import { OPEN_SUSPENSE } from "../money-queries.ts";
import { byPart, type ListDefinition, paged } from "./model.ts";

/** Of the channel; its code where nobody gave one, nothing where there is no channel. */
const IN_ENGLISH = `coalesce(channel.name_en, channel.code, '') as "channelEn"`;
const OF_HOME = `join premises home on home.id = account.premises_id`;
const ours = `${accountScope("account")} and ${inNamedAreas("home.building_id")}`;
const money = `p.kind in ('payment', 'payment-reversed', 'prepaid-applied', 'suspense-claimed')
    and p.accounting_date between :fromDay::date and :toDay::date and p.id <> all (${DOUBTFUL_POSTINGS})`;

const channelOf = `coalesce(channel.code, case when p.kind = 'suspense-claimed' then 'suspense' else 'prepaid' end)`;

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
  parts: ["season", "old", "prepaid", "cash"],
  sql: paged(`
    select a.id, account.account_no as "accountNo", home.address, p.kind as posting,
      coalesce(channel.name, '') as channel, ${IN_ENGLISH}, b.season_id::text as season, p.accounting_date as "accountingDay", a.amount_fen as fen
    from postings p join allocations a on a.posting_id = p.id
    join heat_accounts account on account.id = a.account_id ${OF_HOME}
    left join bills b on b.id = a.bill_id
    left join payments payment on payment.id = p.source_id and p.kind in ('payment', 'payment-reversed')
    left join channels channel on channel.id = payment.channel_id
    where ${money} and ${ours} and (:channel::text is null or ${channelOf} = :channel::text)
      and ${byPart({
        season: "b.season_id = :season and b.kind = 'heat'",
        old: "a.bill_id is not null and not (b.season_id = :season and b.kind = 'heat')",
        prepaid: "a.bill_id is null",
        cash: "p.kind in ('payment', 'payment-reversed')",
      })}`),
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
  },
  parts: ["issued", "paid", "unpaid"],
  sql: paged(`
    select account.id, account.account_no as "accountNo", home.address, area.name as area, area.manager_name as manager,
      h.amount_fen as "issuedFen", h.received_fen as "receivedFen", greatest(h.amount_fen - h.received_fen, 0) as "openFen"
    from heat_accounts account ${OF_HOME}
    cross join lateral (
      select sum(s.amount_fen)::bigint as amount_fen, coalesce(sum(r.fen), 0)::bigint as received_fen
      from (${STANDING_BILLS} and b.account_id = account.id
      ) s cross join lateral (
        select sum(a.amount_fen) as fen from allocations a join postings p on p.id = a.posting_id
        where a.bill_id = s.id and p.accounting_date <= :toDay::date and p.id <> all (${DOUBTFUL_POSTINGS})
      ) r
      having count(*) > 0
    ) h
    left join service_area_buildings served on served.building_id = home.building_id and served.valid @> :toDay::date
    left join ${AREA_FACTS} area on area.id = served.area_id
    where ${ours} and (:staff::bigint is null or area.manager_id = :staff::bigint)
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
  columns: { channel: "text", reference: "text", valueDay: "day", grossFen: "fen", feeFen: "fen" },
  wholeCompany: true,
  sql: paged(`
    select credit.id, channel.name as channel, ${IN_ENGLISH}, credit.reference, credit.value_date as "valueDay",
      credit.gross_fen as "grossFen", credit.fee_fen as "feeFen"
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
  wholeCompany: true,
  sql: paged(`
    select b.id, channel.name as channel, ${IN_ENGLISH}, b.class, b.state, b.bank_amount_fen as "bankFen", b.our_amount_fen as "ourFen",
      b.opened_at as "openedAt", coalesce(b.resolution, '') as note
    from bank_days d join breaks b on b.bank_day_id = d.id join channels channel on channel.id = d.channel_id
    where d.bank_day = :toDay::date and (:channel::text is null or channel.code = :channel::text)
      and (:class::text is null or b.class = :class::text)`),
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

export const MONEY_LISTS = { received, bills, payments, fileLines, credits, differences, suspense, doubtful };
