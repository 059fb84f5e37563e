-- The list of work is read by what is due first, for whoever sees the whole company and for an area; valves to open, of which there are more
-- than of everything else together in November, are left out or asked for by their kind. Building it locks changes of tasks for a moment.
create index tasks_open_by_due on tasks ((coalesce(due_at, 'infinity'::timestamptz)), id) where state = 'open' and kind <> 'valve-opening';
