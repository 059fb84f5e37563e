-- A shift whose cashier does not come is counted and closed by somebody else, with the reason; until then its till is blocked.
-- Locks: shifts for an instant.
alter table shifts add column closed_in_place_by bigint references staff_members,
  add column in_place_reason text,
  add constraint shifts_in_place check ((closed_in_place_by is null) = (in_place_reason is null)),
  add constraint shifts_in_place_by_another check (closed_in_place_by <> staff_id);
create index shifts_by_closer on shifts (closed_in_place_by) where closed_in_place_by is not null;
