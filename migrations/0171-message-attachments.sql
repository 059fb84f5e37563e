-- What hangs on a mail that we send (附件), and the page of a morning as it was sent: made once a day and language from the frozen
-- sheets, so that every receiver and every repeat gets the same bytes. Locks: creates only.
create table message_attachments (
  message_id bigint not null references messages,
  ordinal smallint not null check (ordinal between 1 and 5),
  file_id bigint not null references stored_files,
  primary key (message_id, ordinal)
);
create index message_attachments_by_file on message_attachments (file_id);

create table morning_papers (
  day date not null,
  locale text not null check (locale in ('zh-CN', 'en')),
  file_id bigint not null references stored_files,
  primary key (day, locale)
);
create index morning_papers_by_file on morning_papers (file_id);
create trigger morning_papers_frozen before update or delete or truncate on morning_papers
  for each statement execute function refuse_change();
