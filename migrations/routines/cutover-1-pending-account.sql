-- The technical account under which money of the old system waits whose household is not on the roll (迁移待查). Made when
-- it is needed first, on a network of its own, so that no station, area or building of ours shows it. It is 'connected' and
-- has no terms: no bill run ever bills it. Repeating answers the same account.
create or replace function ensure_pending_account(p_account_no text, p_day date) returns bigint
language plpgsql as $$
declare
  v_source bigint;
  v_station bigint;
  v_loop bigint;
  v_community bigint;
  v_building bigint;
  v_unit bigint;
  v_premises bigint;
  v_account bigint;
begin
  perform pg_advisory_xact_lock(815032, 1);
  select id into v_account from heat_accounts where account_no = p_account_no;
  if found then
    return v_account;
  end if;
  insert into heat_sources (code, name) values ('MIGRATION', '迁移待查') on conflict (code) do nothing;
  select id into strict v_source from heat_sources where code = 'MIGRATION';
  insert into stations (heat_source_id, code, name, owner, taken_over_on)
    values (v_source, 'MIGRATION', '迁移待查', 'company', p_day) on conflict (code) do nothing;
  select id into strict v_station from stations where code = 'MIGRATION';
  insert into loops (station_id, code) values (v_station, 'MIGRATION') on conflict (station_id, code) do nothing;
  select id into strict v_loop from loops where station_id = v_station and code = 'MIGRATION';
  insert into communities (code, name, base_name, district) values ('MIGRATION', '迁移待查', '迁移待查', '迁移待查')
    on conflict (code) do nothing;
  select id into strict v_community from communities where code = 'MIGRATION';
  insert into buildings (community_id, loop_id, name) values (v_community, v_loop, '迁移待查')
    on conflict (community_id, name) do nothing;
  select id into strict v_building from buildings where community_id = v_community and name = '迁移待查';
  insert into units (building_id, name) values (v_building, '') on conflict (building_id, name) do nothing;
  select id into strict v_unit from units where building_id = v_building and name = '';
  insert into premises (unit_id, building_id, door, address)
    values (v_unit, v_building, p_account_no, '迁移待查 ' || p_account_no) returning id into v_premises;
  insert into heat_accounts (account_no, premises_id, state, opened_on)
    values (p_account_no, v_premises, 'connected', p_day) returning id into v_account;
  insert into charge_points (account_id, name) values (v_account, '迁移待查');
  return v_account;
end $$;
