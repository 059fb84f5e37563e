-- Money of nobody that was claimed for a household (认领) is given a receipt like any other: once, since a claim is not taken back.
-- Locks: none on tables that stand; one new, empty table.
create table receipt_claims (
  receipt_id bigint not null references receipts,
  item_id bigint not null references suspense_items unique,
  primary key (receipt_id, item_id)
);
