-- What a call led to stands in other rooms, and their rows stay.
-- Locks: calls is checked once against the three tables; it was made with them, so nobody waits.

alter table calls add constraint calls_ticket foreign key (ticket_id) references tickets;
alter table calls add constraint calls_incident foreign key (incident_id) references incidents;
alter table calls add constraint calls_other_company foreign key (other_company_id) references other_companies;
create index calls_by_other_company on calls (other_company_id) where other_company_id is not null;
