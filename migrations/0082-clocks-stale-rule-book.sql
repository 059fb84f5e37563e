-- Clocks that are written together with their command's COMMIT cannot look at the answer: rules that were changed since they
-- were read end the transaction as a serialization failure (40001), and the command is tried again with what holds now.
-- Locks nothing.
create function refuse_stale_rule_book() returns integer language plpgsql as $$
begin
  raise exception 'the rules of the clocks were changed meanwhile' using errcode = 'serialization_failure';
end $$;
