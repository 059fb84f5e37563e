-- Work that waits: tries of events that failed before, and what the timetable has run.
-- Locks: creates, and one small index on outbox_events (its writers wait while it is built: milliseconds for thousands of
-- unsettled events, since the index holds only those).

-- The next event of a subject for a subscriber is found by this; settled events leave the index.
create index outbox_events_by_subject on outbox_events (subject, id) where settled_at is null;

-- A row exists only for an event that a subscriber failed, or whose first run ended without an answer.
create table event_tries (
  event_id bigint not null references outbox_events,
  subscriber text not null,
  tries integer not null check (tries > 0),
  -- nobody tries again before: a backoff after a failure, a lease while a try runs
  not_before timestamptz not null,
  last_error text not null default '',
  primary key (event_id, subscriber)
);

-- One row per job and business date: whoever inserts it runs the job. A lease that ran out is taken over with the next fence.
create table scheduled_runs (
  job text not null,
  business_date date not null,
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  lease_until timestamptz not null,
  fence integer not null default 1,
  outcome jsonb,
  primary key (job, business_date)
);
