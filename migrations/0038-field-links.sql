-- Field work beside what other rooms brought meanwhile: cases, calls that the house places, stored files; and the photos.
-- Locks: short exclusive locks on tables that are empty before field work begins.

alter table work_order_tickets add constraint work_order_tickets_ticket foreign key (ticket_id) references tickets;
alter table emergency_calls add constraint emergency_calls_outgoing foreign key (outgoing_call_id) references outgoing_calls;
alter table work_orders add constraint work_orders_signature foreign key (signature_file_id) references stored_files;
create index work_orders_by_signature on work_orders (signature_file_id) where signature_file_id is not null;
alter table temperature_slips add constraint temperature_slips_signature
  foreign key (signature_file_id) references stored_files;
create index temperature_slips_by_signature on temperature_slips (signature_file_id) where signature_file_id is not null;

create table work_order_photos (
  work_order_id bigint not null references work_orders,
  file_id bigint not null references stored_files,
  caption text not null default '',
  added_at timestamptz not null,
  added_by bigint,
  primary key (work_order_id, file_id)
);
create index work_order_photos_by_file on work_order_photos (file_id);
