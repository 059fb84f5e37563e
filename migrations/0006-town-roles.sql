-- One owner and one payer at a time, as before, but without the role's text in the index: a roll of 260,000 homes adds a
-- role for each, and comparing text in a GiST page costs more than the rest of the row.
-- Locks: account_roles for the time of two index builds (a few seconds at 260,000 rows).
alter table account_roles drop constraint account_roles_one_at_a_time;
alter table account_roles add constraint account_roles_one_owner
  exclude using gist (account_id with =, valid with &&) where (role = 'owner');
alter table account_roles add constraint account_roles_one_payer
  exclude using gist (account_id with =, valid with &&) where (role = 'payer');
