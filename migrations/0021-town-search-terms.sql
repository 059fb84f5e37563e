-- What a household is found by: names in characters, full pinyin and initials, its number and its other numbers, as plain
-- terms in one tree. A search reads the tree from its prefix on and stops at its limit, so a common term costs no more
-- than a rare one. The first letter of a term says what it is:
--   n name or the end of a name, p full pinyin, i initials, a account number, o other number
-- Addresses are no terms: they are found by community and building, which are few. Phones are found in their own table.
-- The rows are copies that `nuan search rebuild` makes anew: no keys to hold them, so that a roll of 260,000 is not
-- checked row by row; the index over person_phones locks that table against writes while it is built (seconds).

create table search_terms (
  term text collate "C" not null,
  account_id bigint not null,
  -- where it is: the scope is looked at inside the index
  building_id bigint not null
);
create index search_terms_by_term on search_terms (term, account_id) include (building_id);
create index search_terms_by_account on search_terms (account_id);

-- People say the last digits: the number turned round, without its extension.
create index person_phones_by_tail on person_phones ((reverse(split_part(number, ';', 1)) collate "C"), person_id);
