-- Cases that wait for their first owner: the worker takes those of one area together, and the minute's look finds what was lost.
-- Locks: tickets for the time of one small index build.
create index tickets_waiting on tickets (id) where state = 'new';
