-- The due rule of a season may move after its bills were made; the billing days may not. What says the days is what the bills
-- were made by and stays; what moved the due rule has its own document.
-- Locks: season_rules exclusively for a moment; new columns without a default rewrite nothing.
alter table season_rules add column due_document text, add column due_approved_by text,
  add constraint season_rules_due_document check ((due_document is null) = (due_approved_by is null));
