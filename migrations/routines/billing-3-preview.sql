-- The bill run before it is issued (开单预览): every charge point of an account range in exactly one group, compared with
-- the active bill of the season before. Reads `bill_candidates`, so a previewed amount is the amount that is issued.
--
-- Groups, the first that fits: issued (has its bill), gone (billed last season, cannot be billed now), refused (cannot be
-- billed), new, class-changed, area-changed, price-changed, beyond-limit, amount-changed (days, share, within the limits),
-- same. `beyond` marks what differs by more than the share or the amount, whatever its group.
drop function if exists bill_preview(smallint, date, bigint, bigint, integer, bigint);
create function bill_preview(p_season smallint, p_as_of date, p_from_account bigint, p_to_account bigint,
  p_limit_basis_points integer, p_limit_fen bigint)
returns table (account_id bigint, charge_point_id bigint, heat_class text, loop_type text,
  billing_area_milli_m2 bigint, price_micro_yuan bigint, days smallint, share_basis_points integer, amount_fen bigint,
  refusal text, issued_fen bigint, last_bill_id bigint, last_heat_class text, last_loop_type text,
  last_billing_area_milli_m2 bigint, last_price_micro_yuan bigint, last_days smallint, last_amount_fen bigint,
  beyond boolean, preview_group text)
language sql stable as $$
  select now.account_id, now.charge_point_id, now.heat_class, now.loop_type, now.billing_area_milli_m2,
    now.price_micro_yuan, now.days, now.share_basis_points, now.amount_fen, now.refusal, issued.amount_fen,
    last.id, last.heat_class, last.loop_type, last.billing_area_milli_m2, last.price_micro_yuan, last.days,
    last.amount_fen, judged.beyond,
    case
      when now.existing_bill_id is not null then 'issued'
      when now.refusal is not null and last.id is not null then 'gone'
      when now.refusal is not null then 'refused'
      when last.id is null then 'new'
      when now.heat_class <> last.heat_class then 'class-changed'
      when now.billing_area_milli_m2 <> last.billing_area_milli_m2 then 'area-changed'
      when now.price_micro_yuan <> last.price_micro_yuan then 'price-changed'
      when judged.beyond then 'beyond-limit'
      when now.amount_fen <> last.amount_fen then 'amount-changed'
      else 'same'
    end
  from bill_candidates(p_season, p_as_of, p_from_account, p_to_account) now
  left join bills issued on issued.id = now.existing_bill_id
  left join lateral (
    select bill.id, bill.amount_fen, line.heat_class, line.loop_type, line.billing_area_milli_m2,
      line.price_micro_yuan, line.days
    from bills bill join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
    where bill.charge_point_id = now.charge_point_id and bill.season_id = p_season - 1 and bill.kind = 'heat'
      and bill.sequence = 1 and bill.state <> 'cancelled'
    limit 1) last on true
  cross join lateral (select now.refusal is null and last.id is not null and (
    abs(now.amount_fen - last.amount_fen) > p_limit_fen
    or abs(now.amount_fen - last.amount_fen) * 10000 > last.amount_fen * p_limit_basis_points) as beyond) judged
$$;
