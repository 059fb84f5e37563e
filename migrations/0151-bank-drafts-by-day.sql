-- The same file looked at for another day is another draft: whoever chose the wrong day and looks again is not given the old one.
-- Locks: bank_drafts against writes for the moment; the table holds some hundred rows.
drop index bank_drafts_waiting;
create unique index bank_drafts_waiting on bank_drafts (channel_id, sha256, profile, for_day) nulls not distinct
  where state in ('looked', 'confirmed');
