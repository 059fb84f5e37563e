-- What was collected, kept for the whole town per closed day (room collection): the same as `collected_takings` without the buildings.
-- A board of the company adds up a season's days and channels, not its days and 4,000 buildings.
-- Locks: collected_takings against writes while it is read once (a second for a million rows). A new table otherwise.
create table collected_town_takings (
  day date not null,
  source text not null check (source in ('channel', 'prepaid', 'suspense', 'other')),
  channel_id smallint,
  season_id smallint,
  is_heat boolean not null,
  payments integer not null,
  lines integer not null,
  fen bigint not null
);
create unique index collected_town_takings_once on collected_town_takings
  (day, source, channel_id, season_id, is_heat) nulls not distinct;

create trigger collected_town_takings_frozen before update or delete or truncate on collected_town_takings
  for each statement execute function refuse_change();

lock table collected_takings in share mode;
insert into collected_town_takings (day, source, channel_id, season_id, is_heat, payments, lines, fen)
select day, source, channel_id, season_id, is_heat, sum(payments), sum(lines), sum(fen)
from collected_takings group by day, source, channel_id, season_id, is_heat;
