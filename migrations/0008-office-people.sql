-- Passwords have an age (the 等保 policy asks for a change every 90 days), and a seal waits for the transactions that may
-- still hold a lower id, named by their virtual ids.
-- Locks: two small tables, for the moment of the change; no rewrite.

alter table staff_members add column password_changed_at timestamptz not null default now();

alter table seal_streams drop column candidate_snapshot;
-- The transactions that held the table's id sequence when candidate_id was read. A transaction keeps that lock from its
-- first nextval to its end, so when none of them is left, no id up to the candidate can still appear.
alter table seal_streams add column candidate_holders text[];
