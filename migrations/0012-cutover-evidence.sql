-- What an opening balance must still say years later: the number that the old system wrote, why the row waits under
-- 迁移待查, and the first result for whoever loads the same file again.
-- Locks: short exclusive locks on two tables that are empty before a company moves in; no rewrite.

alter table opening_imports
  add column report jsonb not null default '{}';

alter table opening_rows
  -- as written, folded; '' for money of nobody
  add column written_account_no text not null default '',
  -- the row names no account of ours, or two: its money stands under a technical account until a person finds its home
  add column pending_reason text check (pending_reason in ('account-unknown', 'account-ambiguous')),
  add check (kind = 'debt' or season_id is null),
  add check (kind <> 'debt' or season_id is not null),
  add check ((account_id is null) = (kind = 'suspense'));

create trigger opening_rows_frozen before update or delete or truncate on opening_rows
  for each statement execute function refuse_change();
