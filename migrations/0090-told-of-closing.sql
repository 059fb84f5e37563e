-- What a task ends with, as a fact besides its words: a call that nobody answered has told nobody (rooms office/tasks, money/reminders,
-- messages/notices). And by what a home on a closing list was told.
-- Locks: tasks for as long as its two checks read it (a second at a million rows); closing_list_rows for a moment.

alter table tasks
  -- the facts that it may end with; empty: words are enough
  add column results text[] not null default '{}',
  add column result text,
  add constraint tasks_result_known check (result is null or result = any(results)),
  add constraint tasks_result_given check (state <> 'done' or results = '{}' or result is not null);
update tasks set results = '{told,not-reached,refused}' where kind in ('payment-call', 'payment-visit') and state = 'open';

alter table closing_list_rows
  -- message:17, task:9; '' on lists from before
  add column told_by text not null default '' check (told_by = '' or told_by ~ '^(message|task):[0-9]{1,18}$');
