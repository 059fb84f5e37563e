-- Puts the supply or valve state of the old system in force on the day, on every charge point of the accounts given, with
-- its document; answers how many points changed their state. A state that began before ends there; one that began on the
-- day (the roll of the same day) is replaced; the same state only gets the document. It is what the old system says and not
-- a command of ours: the tables of transitions do not judge it, and no event follows.
create or replace function apply_opening_states(p_machine text, p_accounts bigint[], p_states text[],
  p_documents text[], p_reason text, p_day date, p_now timestamptz, p_actor bigint)
returns bigint language plpgsql as $$
declare
  v_wanted constant text := '
    select point.id as point_id, point.account_id, given.state, given.document
    from unnest($1::bigint[], $2::text[], $3::text[]) given (account_id, state, document)
    join charge_points point on point.account_id = given.account_id';
  v_latest constant text := format('(select max(lower(latest.valid)) from %I latest
    where latest.charge_point_id = wanted.point_id)', p_machine || '_states');
  v_changed bigint;
begin
  if p_machine not in ('supply', 'valve') then
    raise exception 'no machine %', p_machine;
  end if;
  execute format('
    insert into state_changes (machine, account_id, charge_point_id, from_state, to_state, reason, effective_on,
      changed_at, changed_by)
    select %L, wanted.account_id, wanted.point_id, coalesce(held.state, ''unknown''), wanted.state, $4, $5, $6, $7
    from (%s) wanted
    left join %I held on held.charge_point_id = wanted.point_id and lower(held.valid) = %s
    where held.state is distinct from wanted.state
    order by wanted.point_id', p_machine, v_wanted, p_machine || '_states', v_latest)
    using p_accounts, p_states, p_documents, p_reason, p_day, p_now, p_actor;
  get diagnostics v_changed = row_count;
  execute format('
    update %I held set state = wanted.state, document = coalesce(nullif(wanted.document, ''''), held.document)
    from (%s) wanted
    where held.charge_point_id = wanted.point_id and lower(held.valid) = %s
      and (lower(held.valid) >= $4 or held.state = wanted.state) and upper_inf(held.valid)',
    p_machine || '_states', v_wanted, v_latest)
    using p_accounts, p_states, p_documents, p_day;
  execute format('
    update %I held set valid = daterange(lower(held.valid), $4)
    from (%s) wanted
    where held.charge_point_id = wanted.point_id and lower(held.valid) < $4
      and coalesce(upper(held.valid) > $4, true) and held.state <> wanted.state',
    p_machine || '_states', v_wanted)
    using p_accounts, p_states, p_documents, p_day;
  execute format('
    insert into %1$I (charge_point_id, valid, state, document)
    select wanted.point_id, daterange($4, null), wanted.state, wanted.document
    from (%2$s) wanted
    where not exists (select 1 from %1$I held where held.charge_point_id = wanted.point_id
      and coalesce(upper(held.valid) > $4, true))', p_machine || '_states', v_wanted)
    using p_accounts, p_states, p_documents, p_day;
  return v_changed;
end $$;
