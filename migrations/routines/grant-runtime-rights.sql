-- The runtime role reads everything and writes what is not frozen: no update, delete or truncate on ledger and audit.
create or replace procedure grant_runtime_rights() language plpgsql as $$
declare
  frozen text;
begin
  grant usage on schema public to nuan_app;
  grant select, insert, update, delete on all tables in schema public to nuan_app;
  grant usage, select on all sequences in schema public to nuan_app;
  grant execute on all functions in schema public to nuan_app;
  foreach frozen in array array['audit_events', 'seal_blocks', 'postings', 'transfers', 'bill_lines', 'allocations',
      'bank_certificates'] loop
    execute format('revoke update, delete, truncate on %I from nuan_app', frozen);
  end loop;
  revoke insert, update, delete on schema_migrations, schema_migrations_lock, migration_digests, schema_routines, ledger_accounts from nuan_app;
end $$;
