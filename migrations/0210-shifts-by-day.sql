-- Shifts are read by business day, newest first: one cashier's, or all tills'. A number says nothing about the day: shifts of the time
-- before are carried over in any order. The index by person takes the place of the one that had the person alone.
-- Locks: shifts, while two small indexes are made (a few rows a day and till).
create index shifts_by_day on shifts (business_day desc, id desc);
create index shifts_by_staff_and_day on shifts (staff_id, business_day desc, id desc);
drop index shifts_by_staff;
