-- Orders are looked for by the number that their authority gave, whichever it was: the unique key begins with the authority.
-- Locks: referrals against writing while the index is built, moments at some tens of thousands of orders.
create index referrals_by_outside_no on referrals (outside_no);
