-- The program's own words of messages (程序原文), as each release had them: kept by the first worker that may send them, so that what a message
-- said can be read when a later release has other words (room messages/messaging). Some hundred rows a release that changed them.
-- Locks: creates only.
create table program_words (
  channel text not null check (channel in ('sms', 'email', 'voice')),
  name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
  locale text not null check (locale in ('zh-CN', 'en')),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  version integer not null check (version > 0),
  words text not null,
  first_seen_at timestamptz not null,
  -- with the version, which is raised by hand: a message names both
  primary key (channel, name, locale, version, digest)
);
create trigger program_words_frozen before update or delete or truncate on program_words
  for each statement execute function refuse_change();
