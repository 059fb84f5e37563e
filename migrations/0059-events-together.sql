-- Events are rung several at a time: the row says with which job, so that the sweeper can ask the queue for it. Rows rung before
-- have none; their job is named after the event itself.
-- Locks: outbox_events for the moment of adding a column without a value.
alter table outbox_events add column job_id text;
