-- Cases that nobody has yet, on no list of a role either: routing takes them from here, many at once, the oldest first.
-- Locks: tickets against writes while the index is built (no rows before this version).
create index tickets_without_owner on tickets (id)
  where owner_id is null and owner_role is null and state not in ('closed', 'cancelled', 'merged');
