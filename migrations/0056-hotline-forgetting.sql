-- What an exchange told is kept whole for a while only: it has numbers in it, and whatever a vendor adds. The event itself stays.
-- Until now nothing of an event could be changed. From now on its details may be forgotten, and nothing else.
-- Locks: call_events for an instant, for its triggers; no row is read.
drop trigger call_events_frozen on call_events;
create trigger call_events_frozen before delete or truncate on call_events
  for each statement execute function refuse_change();

create function refuse_but_forgetting() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'raw') is distinct from (to_jsonb(old) - 'raw')
    or new.raw is distinct from (old.raw - array['from', 'to', 'vendor']) then
    raise exception 'of an event only the numbers and the vendor''s additions may be forgotten'
      using errcode = 'NY001';
  end if;
  return new;
end $$;
create trigger call_events_forgetting before update on call_events
  for each row execute function refuse_but_forgetting();

-- What is still to be forgotten is found without reading all that is forgotten.
create index call_events_to_forget on call_events (received_at) where raw ?| array['from', 'to', 'vendor'];
