-- A bill run is posted on two lanes, each with its own range of accounts and its own cursor: one connection uses one of two
-- cores, and a run of 260,000 households took twice as long as it needs to.
-- Locks: bill_runs for the moment of the change. A run that an older version left in the middle goes on as one lane.
create table bill_run_lanes (
  run_id bigint not null references bill_runs,
  lane smallint not null check (lane > 0),
  -- bills of the lane's accounts with an id up to here are issued
  cursor_account_id bigint not null,
  -- the lane's last account; null: to the end of the roll
  until_account_id bigint,
  finished boolean not null default false,
  primary key (run_id, lane)
);
insert into bill_run_lanes (run_id, lane, cursor_account_id)
  select id, 1, cursor_account_id from bill_runs where state <> 'posted';
alter table bill_runs drop column cursor_account_id;
