-- One of the filters that a person keeps for a page may be the one with which the page begins.
-- Locks: staff_saved_filters for a moment; a default without a rewrite, and an index over the few that are chosen.
alter table staff_saved_filters add column is_default boolean not null default false;
create unique index staff_saved_filters_default on staff_saved_filters (staff_id, page) where is_default;
