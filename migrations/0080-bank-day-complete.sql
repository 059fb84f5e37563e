-- A bank day is certified only when nothing on it is unnamed: a file says when its days were reconciled (a process that dies
-- between posting and reconciling leaves that open), and a file that names no day of its own says from which day to which
-- its lines are.
-- Locks: import_files exclusively for a moment; every new column is null, no rewrite. The lines of files without a day of
-- their own are read once.

alter table import_files
  add column reconciled_at timestamptz,
  -- of a file whose lines are of several days
  add column first_day date,
  add column last_day date;

update import_files set reconciled_at = coalesce(finished_at, received_at)
where state = 'posted' and kind = 'collection';

update import_files f set first_day = spans.first_day, last_day = spans.last_day
from (
  select lines.file_id, min(lines.bank_day) as first_day, max(lines.bank_day) as last_day
  from (
    select l.file_id, l.bank_day from bank_lines l
    union all
    select s.file_id, s.bank_day from bank_staging_lines s
  ) lines
  join import_files u on u.id = lines.file_id and u.bank_day is null and u.kind = 'collection'
  group by lines.file_id
) spans
where spans.file_id = f.id;
