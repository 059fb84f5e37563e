-- Money at a till's terminal that arrived and cannot be posted, or of which the terminal does not say what became of it: it is held and
-- finance has a task, so that no state of an outside machine keeps a shift open. Also who pays, as it stands on the receipt.
-- Locks: terminal_charges for a moment; the new check is made without reading the rows (NOT VALID: every row fits the narrower old one).

alter table terminal_charges
  add column payer_name text not null default '' check (length(payer_name) <= 100),
  -- when somebody wished it back; from then on it is called off and never shown again
  add column cancel_asked_at timestamptz,
  -- when the terminal last said anything about it, to the minute
  add column heard_at timestamptz,
  -- why it is held: the code of the refusal, terminal-silent, paid-after-end
  add column problem text not null default '',
  drop constraint terminal_charges_state_check;
-- asked > shown > approved | declined | cancelled | held; declined, cancelled > held when it was paid after all
alter table terminal_charges
  add constraint terminal_charges_state_check
  check (state in ('asked', 'shown', 'approved', 'declined', 'cancelled', 'held')) not valid;
alter table terminal_charges validate constraint terminal_charges_state_check;

-- What the minute's look asks about: not ended, or ended a short while ago.
create index terminal_charges_open on terminal_charges (asked_at)
  where state in ('asked', 'shown') or (state = 'approved' and receipt_id is null);
create index terminal_charges_ended on terminal_charges (ended_at) where state in ('declined', 'cancelled', 'held');
