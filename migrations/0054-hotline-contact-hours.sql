-- Quiet hours are what the calendar `contact-hours` leaves, for calls and messages alike; the hotline's setting had hours of its
-- own. A company that had set other ones writes them as a version of that calendar. Without this a stored setting could not be
-- read any more. Locks: one row of settings.
update settings set value = value - 'quietFrom' - 'quietUntil' where key = 'hotline.call-back';
