-- The billing rule (计费规则), once: what each charge point of an account range is charged for a season, or why it is not.
-- The preview, the run and the single bill on request all read this function, so they agree to the fen by construction.
--
-- Terms and supply state are those of the as-of day, the price is the one in force on the season's first day, the days
-- are the approved number of the season (never a difference of dates). amount = area x price x days x share, rounded
-- once, half up: milli m2 (10^3) x micro yuan (10^6) x basis points (10^4), and a yuan is 100 fen, so 10^11. The product
-- is multiplied by an exact decimal, because a numeric division would round a first time.
-- Plain SQL, stable, no settings: the planner inlines it. `p_from_account` and `p_to_account` are both included.
drop function if exists bill_candidates(smallint, date, bigint, bigint);
create function bill_candidates(p_season smallint, p_as_of date, p_from_account bigint, p_to_account bigint)
returns table (account_id bigint, charge_point_id bigint, terms_id bigint, heat_class text, loop_type text,
  billing_area_milli_m2 bigint, area_rule text, price_version_id bigint, price_micro_yuan bigint, days smallint,
  share_basis_points integer, due_on date, amount_fen bigint, existing_bill_id bigint, refusal text)
language sql stable as $$
  select account.id, point.id, terms.id, terms.heat_class, terms.loop_type, terms.billing_area_milli_m2,
    terms.area_rule, price.id, price.price_micro_yuan, charge.days, terms.share_basis_points, rule.due_on,
    charge.amount_fen, existing.id,
    case
      when existing.id is not null then 'bill.exists'
      when account.state = 'closed' and coalesce(account.closed_on <= p_as_of, true) then 'account.closed'
      when account.state in ('pending', 'connected') then 'account.not-active'
      when terms.id is null then 'terms.missing'
      when not supply_rule.billed then 'supply.' || supply_rule.supply_state
      when terms.billing_area_milli_m2 = 0 then 'area.zero'
      when price.id is null or rule.billing_days is null then 'price.missing'
      when charge.amount_fen = 0 then 'amount.zero'
    end
  from heat_accounts account
  join charge_points point on point.account_id = account.id
  join heating_seasons season on season.id = p_season
  -- The row in force: the latest that had begun, if it has not ended. Written so that the ordinary index on (charge
  -- point, first day) answers by itself, whatever the statistics say; `valid @> day` would go by the three times slower
  -- index of the exclusion constraint.
  left join lateral (select latest.* from charge_point_terms latest
    where latest.charge_point_id = point.id and lower(latest.valid) <= p_as_of
      and coalesce(upper(latest.valid) > p_as_of, true)
    order by lower(latest.valid) desc limit 1) terms on true
  left join lateral (select latest.state from supply_states latest
    where latest.charge_point_id = point.id and lower(latest.valid) <= p_as_of
      and coalesce(upper(latest.valid) > p_as_of, true)
    order by lower(latest.valid) desc limit 1) supply on true
  left join supply_billing_rules supply_rule
    on supply_rule.supply_state = coalesce(supply.state, 'undecided') and supply_rule.loop_type = terms.loop_type
  left join price_versions price on price.heat_class = terms.heat_class and price.valid @> season.starts_on
  left join season_rules rule on rule.season_id = p_season and rule.heat_class = terms.heat_class
    and rule.loop_type = terms.loop_type
  left join lateral (select bill.id from bills bill where bill.charge_point_id = point.id
    and bill.season_id = p_season and bill.kind = 'heat' and bill.sequence = 1 and bill.state <> 'cancelled'
    limit 1) existing on true
  cross join lateral (select
    case price.basis when 'area-season' then 1::smallint else rule.billing_days end as days,
    round(terms.billing_area_milli_m2::numeric * price.price_micro_yuan
      * case price.basis when 'area-season' then 1 else rule.billing_days end
      * terms.share_basis_points * 0.00000000001)::bigint as amount_fen) charge
  where account.id between p_from_account and p_to_account
$$;
