/** The payments and lines behind each part of the bridge (调节表) of a bank day: told apart as `bank_day_bridge` tells them. */
import { DIFFERENCE_PARTS } from "#src/bank/reconciliation/index.ts";
import { type ListDefinition, paged } from "./model.ts";

// A payment that no file names, a reversal that no file names, or one for which the next file is waited for.
const MISSING = `case when missing.payment_id is null then 'waiting' when o.is_payment then 'oursOnly' else 'state' end`;
const CLASS = `case when classed.class is null then 'dayCutIn' when classed.class = 'bank-only' then 'bankOnly'
  when classed.class = 'unknown-account' then 'unknownAccount' when classed.class in ('duplicate', 'amount') then classed.class
  else 'state' end`;

const OURS = `
    select o.payment_id * 4 + 2 * o.is_payment::int as id, channel.id as channel_id, account.account_no, payment.serial, o.at,
      item.part, item.fen
    from of_channel channel cross join lateral bank_day_ours(channel.id::smallint, :toDay::date) o
    join payments payment on payment.id = o.payment_id join heat_accounts account on account.id = payment.account_id
    left join missing on missing.channel_id = channel.id and missing.payment_id = o.payment_id
      and missing.is_payment = o.is_payment
    cross join lateral (values ('ours', o.signed_fen, true), ('dayCutOut', -o.signed_fen, o.line_day <> :toDay::date),
      (${MISSING}, -o.signed_fen, o.line_id is null),
      ('amount', o.line_fen - o.signed_fen, o.line_day = :toDay::date and o.line_fen <> o.signed_fen)) item (part, fen, counts)
    where item.counts`;
const LINES = `
    select l.id * 4 + 1, channel.id, line.account_no, line.serial, line.paid_at, item.part, l.signed_fen
    from of_channel channel cross join lateral bank_day_lines(channel.id::smallint, :toDay::date) l
    join bank_lines line on line.id = l.id
    left join classed on classed.channel_id = channel.id and classed.bank_line_id = l.id
    cross join lateral (values (${CLASS}, (classed.class is not null or l.state in ('proved', 'posted')) and not exists (
        select 1 from ours_of_day o where o.channel_id = channel.id and o.line_id = l.id)),
      ('repeated', l.state = 'ignored')) item (part, counts)
    where l.bank_day = :toDay::date and item.counts`;

export const bridge: ListDefinition = {
  columns: { channel: "text", accountText: "text", serial: "text", paidAt: "time", fen: "fen" },
  parts: ["ours", ...DIFFERENCE_PARTS],
  wholeCompany: true,
  sql: paged(`
    with of_channel as materialized (
      select channel.id, channel.name, channel.name_en, channel.code from channels channel
      where channel.kind <> 'counter' and (:channel::text is null or channel.code = :channel::text)
    ), ours_of_day as materialized (
      select channel.id as channel_id, o.line_id from of_channel channel
      cross join lateral bank_day_ours(channel.id::smallint, :toDay::date) o where o.line_id is not null
    ), classed as materialized (
      select distinct on (b.bank_line_id) d.channel_id, b.bank_line_id, b.class from breaks b join bank_days d on d.id = b.bank_day_id
      where b.bank_line_id is not null and d.bank_day between :toDay::date - 1 and :toDay::date + 1
      order by b.bank_line_id, b.id
    ), missing as materialized (
      select distinct d.channel_id, b.payment_id, b.class = 'ours-only' as is_payment from breaks b join bank_days d on d.id = b.bank_day_id
      where b.bank_line_id is null and b.class in ('ours-only', 'state')
    )
    select item.id, channel.name as channel, coalesce(channel.name_en, channel.code) as "channelEn",
      item.account_no as "accountText", item.serial, item.at as "paidAt", item.fen
    from (${OURS} union all ${LINES}) item join of_channel channel on channel.id = item.channel_id
    where item.part = :part::text`),
};
