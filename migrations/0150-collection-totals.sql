-- What was collected, kept per building and closed day (room collection), so that a board of 260,000 homes adds up buildings
-- and not bills. A closed day changes no more (docs/postings.md), so neither do these rows; what is later than the last day
-- that was added up is counted from the postings themselves. Figures only: no row here says what no posting says.
-- Also the ways by which the days of the books, open bills of an amount and doubtful payments are found without reading all.
-- Locks: bills, postings and payments against writes while the indexes are built; two of them are brin, which read their
-- table once (a second or so for a million rows). New tables otherwise.

-- The closed days that the tables below contain.
create table collected_days (
  day date primary key references accounting_days,
  added_at timestamptz not null
);

-- How a season stood in a building when the books of the day were closed; no row: as on the day before. Doubtful money is
-- in it: whether it is doubtful is only known when somebody asks.
create table collected_standings (
  season_id smallint not null,
  building_id bigint not null,
  day date not null,
  homes integer not null,
  paid_homes integer not null,
  issued_fen bigint not null,
  received_fen bigint not null,
  milli_m2 bigint not null,
  paid_milli_m2 bigint not null,
  primary key (season_id, building_id, day)
);

-- What was allocated on a day in a building, by where the money came from and what it paid.
create table collected_takings (
  day date not null,
  building_id bigint not null,
  -- channel: payments and their reversals; prepaid and suspense: what came in before
  source text not null check (source in ('channel', 'prepaid', 'suspense', 'other')),
  channel_id smallint,
  -- of the bill; null: it became prepaid
  season_id smallint,
  is_heat boolean not null,
  payments integer not null,
  lines integer not null,
  fen bigint not null
);
create unique index collected_takings_once on collected_takings
  (day, building_id, source, channel_id, season_id, is_heat) nulls not distinct;
create index collected_takings_by_season on collected_takings (season_id, day);

create trigger collected_days_frozen before update or delete or truncate on collected_days
  for each statement execute function refuse_change();
create trigger collected_standings_frozen before update or delete or truncate on collected_standings
  for each statement execute function refuse_change();
create trigger collected_takings_frozen before update or delete or truncate on collected_takings
  for each statement execute function refuse_change();

create index postings_by_day on postings using brin (accounting_date) with (pages_per_range = 16, autosummarize = on);
create index bills_by_issue on bills using brin (issued_on) with (pages_per_range = 16, autosummarize = on);
-- By what was billed, which never changes: an index that knows what is paid would make every payment write all others of bills.
create index bills_by_amount on bills (amount_fen);
create index payments_doubtful on payments (id) where state = 'doubtful';
