-- The audit is searched by person and by day, the youngest first: millions of rows a season, and a page of fifty must not walk past
-- those of everybody else. Both indexes grow at their right edge; the block range index of days is no use for that order.
-- Locks: audit_events against writes while they are built (a million rows in about two seconds).
drop index audit_events_by_time;
create index audit_events_by_time on audit_events (occurred_at, id);
create index audit_events_by_actor on audit_events (actor_name, occurred_at, id);
