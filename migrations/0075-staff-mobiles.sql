-- Where a person of the staff is written to about work that runs out: a deadline of an authority's order.
-- Locks: staff_members for milliseconds; no rewrite.
alter table staff_members add column mobile text check (mobile ~ '^\+[0-9]{8,15}$'),
  -- for samples of notices that go by mail
  add column mail text check (length(mail) <= 254 and mail ~ '^[^@[:space:]]+@[^@[:space:]]+$');
