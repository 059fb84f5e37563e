-- A browser is known at a home through the person who proved it (谁的浏览器): when that person has no role there any more, or takes the home away
-- from his telephone, it is a stranger's. What was remembered without a person is forgotten: its next sign-in by a code makes it known again.
-- Codes typed for a challenge that there is not are counted apart: they can prove nothing, and lock out nobody but who types them.
-- Locks: household_attempts for a moment (a check made again NOT VALID: the old one was narrower); household_browsers, a table of a release ago.
alter table household_attempts drop constraint household_attempts_kind_check;
alter table household_attempts add constraint household_attempts_kind_check
  check (kind in ('code', 'proof', 'paper', 'stray', 'look-up')) not valid;
delete from household_browsers;
alter table household_browsers add column person_id bigint not null references people;
create index household_browsers_by_person on household_browsers (person_id);

-- What may be set of a home's codes and wrong proofs went from 1..10,000 to 2..30, on which the arithmetic against guessing rests. A stored
-- setting that does not fit would fall back to the program's as a whole: its three figures are brought within, the others stay.
update settings set value = value || jsonb_build_object(
    'codesPerAccountAndHour', least(30, greatest(2, (value ->> 'codesPerAccountAndHour')::integer)),
    'codesPerAccountAndDay', least(30, greatest(2, (value ->> 'codesPerAccountAndDay')::integer)),
    'wrongProofsPerAccountAndDay', least(30, greatest(2, (value ->> 'wrongProofsPerAccountAndDay')::integer)))
where key = 'household.sign-in' and value -> 'codesPerAccountAndHour' is not null
  and value -> 'codesPerAccountAndDay' is not null and value -> 'wrongProofsPerAccountAndDay' is not null;
