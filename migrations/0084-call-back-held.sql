-- Since when a call-back is somebody's: who took it and went home, or is ill on the morning to which it was carried, must not
-- keep it from everybody else.
-- Locks: call_backs for an instant; the open ones with an owner are written.
alter table call_backs add column owned_at timestamptz;
update call_backs set owned_at = due_at where owner_id is not null and state = 'open';
