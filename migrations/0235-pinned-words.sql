-- A notice keeps which words were approved with it, by their rows and not by an hour: two machines' clocks never decide what a home reads.
-- And what two people approved of a template may only be called off, nothing else of it changes (rooms messages/messaging, messages/notices).
-- Locks: notices for an instant (a column with a constant default), message_words for its trigger. 0233 before it made foreign keys, which
-- keep writers of approvals and staff_members waiting until its commit.
alter table notices
  -- by channel: the row of message_words, "0" the program's words; empty while nothing is approved
  add column words_pins jsonb not null default '{}' check (jsonb_typeof(words_pins) = 'object');

drop trigger message_words_kept on message_words;
create trigger message_words_kept before update on message_words
  for each row when (old.state = 'approved' and (new.state <> 'cancelled'
    or (to_jsonb(new) - '{state,version,cancelled_by,cancel_reason,changed_at}'::text[])
      is distinct from (to_jsonb(old) - '{state,version,cancelled_by,cancel_reason,changed_at}'::text[])))
  execute function refuse_change();
