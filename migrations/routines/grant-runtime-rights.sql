-- The runtime role reads everything and writes what is not frozen: no update, delete or truncate on ledger and audit.
create or replace procedure grant_runtime_rights() language plpgsql as $$
declare
  frozen record;
begin
  grant usage on schema public to nuan_app;
  grant select, insert, update, delete on all tables in schema public to nuan_app;
  grant usage, select on all sequences in schema public to nuan_app;
  grant execute on all functions in schema public to nuan_app;
  -- A trigger named *_frozen says what nobody may do to its table; the right to do it is taken away besides.
  for frozen in
    select tgrelid::regclass as name, concat_ws(', ', case when tgtype & 16 > 0 then 'update' end,
      case when tgtype & 8 > 0 then 'delete' end, case when tgtype & 32 > 0 then 'truncate' end) as verbs
    from pg_trigger join pg_class c on c.oid = tgrelid
    where tgname like '%\_frozen' and c.relnamespace = 'public'::regnamespace
  loop
    execute format('revoke %s on %s from nuan_app', frozen.verbs, frozen.name);
  end loop;
  revoke insert, update, delete on schema_migrations, schema_migrations_lock, migration_digests, schema_routines, ledger_accounts from nuan_app;
end $$;
