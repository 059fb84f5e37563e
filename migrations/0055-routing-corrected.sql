-- A case whose category or place was put right goes through routing again: a cause of its own beside the others.
-- Locks: ticket_assignments while its rows are read once.
alter table ticket_assignments drop constraint ticket_assignments_cause_check;
alter table ticket_assignments add constraint ticket_assignments_cause_check check (cause in ('opened', 'returned',
  'reopened', 'ruled', 'escalated', 'ladder', 'reassigned', 'swept', 'corrected'));
