-- A further charge point (a shop below the home) comes from a row of its own: the fingerprint by which that row is known
-- again. The row of the first point keeps its fingerprint on the account.
-- Locks: charge_points exclusively for a moment; a new column without a default rewrites nothing.
alter table charge_points add column roll_row_digest bytea;
