-- A new rate of a channel holds for what was claimed before it too: claims below this fence go back and are claimed anew, by the new rate.
-- Locks: message_gates for a moment (a handful of rows; a constant default rewrites nothing).
alter table message_gates add column claims_from integer not null default 0;
