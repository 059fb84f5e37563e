-- Who runs a station, since when and whom to call is changed by people: each change sees the version that it read.
-- Locks: stations exclusively for a moment; a constant default rewrites nothing.
alter table stations add column version integer not null default 1;
