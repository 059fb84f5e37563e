-- The postings of a day are found by a tree. A brin index is as good as the table's order: where two seasons were taken over building by
-- building, every range of pages holds every day, and a question about one day read 1.4 million postings. The tree is eleven megabytes
-- for 1.7 million rows, and a new posting goes to its right end.
-- Locks: postings against writes while the tree is built (two seconds for 1.7 million rows), then against everybody for the moment in
-- which the old index goes; that moment is waited for five seconds, behind whoever reads postings, and the migration is tried again later.
set local lock_timeout = '5s';
create index postings_by_accounting_day on postings (accounting_date);
drop index postings_by_day;
