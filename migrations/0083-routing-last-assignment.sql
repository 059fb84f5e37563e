-- The last assignment of a case is asked for each case that is routed. Without this index a plan that was made while the table
-- was small reads all assignments backwards for a case that has none yet.
-- Locks writes to ticket_assignments while the index is built: seconds.
create index ticket_assignments_by_ticket on ticket_assignments (ticket_id, id);
