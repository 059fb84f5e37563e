-- Who finished a call: the exchange, or we (after a time limit, or a supervisor), because the exchange's word was lost.
-- Locks: calls for an instant (a column with a constant default is not written into the rows).
alter table calls add column finished_by text not null default 'exchange'
  check (finished_by in ('exchange', 'time-limit', 'supervisor'));
