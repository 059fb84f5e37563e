-- What a person has worked off of the messages that no case took (未归来信处理): looked through and put away with a reason, or put under a
-- case by hand (rooms messages/messaging and service/intake).
-- Locks: adds columns that are null (an instant), and one index over the messages of machines; some seconds with a million of them.
alter table received_messages
  add column settled_at timestamptz,
  add column settled_by bigint references staff_members,
  add column settled_note text not null default '' check (length(settled_note) <= 300),
  add constraint received_messages_settled check ((settled_at is null) = (settled_note = ''));
create index received_messages_by_settler on received_messages (settled_by) where settled_by is not null;
create index intake_outcomes_unplaced on intake_outcomes (message_id)
  where ticket_id is null and outcome in ('automatic', 'empty');
