-- Mail addresses of people beside their numbers (room town/accounts), and what became of what people wrote (room
-- service/intake): one row a message, so that whatever is told twice is decided once.
-- Locks: creates only.

create table person_mails (
  person_id bigint not null references people,
  -- folded: lower case
  address text not null check (length(address) between 3 and 254 and address ~ '^[^[:space:]@]+@[^[:space:]@]+$'),
  -- null: nobody knows; a wrong address is kept as wrong so that it is not written to again
  confirmed boolean,
  source text not null,
  recorded_at timestamptz not null,
  primary key (person_id, address)
);
create index person_mails_by_address on person_mails (address);

create table intake_outcomes (
  message_id bigint primary key references received_messages,
  -- threaded to a case, opened one, answered by a keyword, a word of consent, a machine's mail, nothing to be done
  outcome text not null check (outcome in ('threaded', 'opened', 'answered', 'consent', 'automatic', 'empty')),
  -- how the case was found: reference, number, household, sender
  found_by text not null default '' check (found_by in ('', 'reference', 'number', 'household', 'sender')),
  ticket_id bigint references tickets,
  -- the household, when there is one and no more
  account_id bigint references heat_accounts,
  households smallint not null default 0,
  keyword text not null default '',
  -- of our answer; null: none was given, and why stands beside
  answer_id bigint references messages,
  no_answer text not null default '',
  decided_at timestamptz not null,
  check ((outcome in ('threaded', 'opened')) <= (ticket_id is not null))
);
create index intake_outcomes_by_ticket on intake_outcomes (ticket_id, message_id) where ticket_id is not null;
create index intake_outcomes_by_account on intake_outcomes (account_id, message_id) where account_id is not null;
create index intake_outcomes_by_answer on intake_outcomes (answer_id) where answer_id is not null;
