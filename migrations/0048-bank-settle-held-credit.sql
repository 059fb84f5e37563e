-- A credit of the bank that was held as money of nobody can be booked as what it is: the money of a channel's day.
-- Locks: suspense_items exclusively for a moment; the check reads its rows once, and they are few.
alter table suspense_items drop constraint suspense_items_state_check,
  add constraint suspense_items_state_check check (state in ('open', 'claimed', 'returned', 'settled'));
