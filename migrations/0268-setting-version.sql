-- A setting (参数) is counted at each change: who sets it says which one he had read, and is told when somebody was first. 0 is what
-- nobody has set yet. Locks: settings, for a moment; a constant default writes no row.
alter table settings add column version integer not null default 1 check (version > 0);
