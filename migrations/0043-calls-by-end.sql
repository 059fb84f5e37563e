-- Calls by their end: the line board reads those that ended in the last minutes each time it is drawn, and the balance of lost
-- calls those of a day. By the other indexes both read the whole table of calls.
-- Locks: calls for the time of one index build (a season of calls: seconds).
create index calls_by_finished on calls (finished_at) where finished_at is not null;
