-- Sending that nobody takes for dead while it is at work, that remembers earlier sendings, and channels that people set by turns.
-- Locks: `messages` and `message_gates` for a moment (constant defaults rewrite nothing).

-- Jobs that have begun. A claim whose job is at work is nobody else's, however slow its provider is; a job whose lease ran out
-- died, or broke, with the messages that it still had.
create table message_jobs (
  id uuid primary key,
  fence integer not null,
  message_ids bigint[] not null,
  lease_until timestamptz not null
);

alter table messages
  -- jobs that died or broke with it
  add column failed_jobs smallint not null default 0,
  -- the provider's ids of sendings before a person had it sent again: what is reported on them is past
  add column past_provider_ids text[] not null default '{}';

-- raised by what people set, not by what calls bring: who comes second is shown that somebody was first
alter table message_gates add column version integer not null default 1;

-- Unmatched reports are walked through in order; they are few beside all others.
create index message_receipts_unmatched on message_receipts (id) where message_id is null;
