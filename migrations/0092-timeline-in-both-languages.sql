-- Lines that the program writes on a case's timeline stand there in Chinese and in English; what a person wrote stays as it was written,
-- and has no English (''). Lines that are there keep their one language: nothing on a timeline is changed.
-- Locks: ticket_entries for a moment; a constant default rewrites nothing.
alter table ticket_entries add column text_en text not null default '';
