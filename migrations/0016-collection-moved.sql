-- Money that was moved to the home where it belongs is the same money of the same bank day: its first payment stands for it
-- on our side of the bridge, and the one that replaced it is not counted again.
-- Locks: payments for the moment of the change (no rewrite); the index is built over no rows.
alter table payments add column moved_from_id bigint references payments;
create unique index payments_moved_once on payments (moved_from_id) where moved_from_id is not null;
