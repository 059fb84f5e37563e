-- What billing decides by table instead of by code: which supply states are charged, and which days are worked.
-- Locks: `alter table` on price_versions and bill_cancellations for milliseconds (both are small); the two checks at the
-- end read charge_point_terms and supply_states once under an exclusive lock, about 0.1 s at 260,000 charge points.

-- Which charge points are billed for the season, by supply state (用热状态) and loop type. One place, so that the preview,
-- the run and the single bill cannot differ. Zhengzhou: a stopped flat with its own loop owes nothing, one in a series
-- loop (串联) is heated anyway and owes in full; what a stopped flat owes elsewhere as a percentage is a bill of its own.
create table supply_billing_rules (
  supply_state text not null check (supply_state in ('undecided', 'supplied', 'suspended', 'closed-for-arrears',
    'closed-for-violation', 'cut-off', 'never-opened')),
  loop_type text not null check (loop_type in ('independent', 'series')),
  billed boolean not null,
  reason text not null,
  primary key (supply_state, loop_type)
);
insert into supply_billing_rules values
  ('undecided', 'independent', true, 'offered: the season settles who used heat'),
  ('undecided', 'series', true, 'heated with the others of its loop'),
  ('supplied', 'independent', true, 'uses heat'),
  ('supplied', 'series', true, 'uses heat'),
  ('suspended', 'independent', false, 'formally stopped: 0% in Zhengzhou'),
  ('suspended', 'series', true, 'a series loop cannot be stopped: full charge'),
  ('closed-for-arrears', 'independent', true, 'closed for old debt; the new season is offered'),
  ('closed-for-arrears', 'series', true, 'heated with the others of its loop'),
  ('closed-for-violation', 'independent', true, 'closed by us for a breach; the contract runs on'),
  ('closed-for-violation', 'series', true, 'heated with the others of its loop'),
  ('cut-off', 'independent', false, 'physically cut off'),
  ('cut-off', 'series', false, 'physically cut off'),
  ('never-opened', 'independent', false, 'never opened: no contract for heat yet'),
  ('never-opened', 'series', false, 'never opened: no contract for heat yet');

-- One price per class and day: two bases at once would leave the bill to chance.
alter table price_versions add constraint price_versions_one_basis
  exclude using gist (heat_class with =, valid with &&);

-- Days that differ from "Monday to Friday": public holidays, and weekend days worked instead (调休).
create table calendar_exceptions (
  calendar text not null check (calendar in ('company', 'bank')),
  day date not null,
  working boolean not null,
  name text not null,
  document text not null,
  primary key (calendar, day)
);

alter table bill_cancellations
  add column posting_id bigint references postings,
  add column approval_id bigint references approvals;
create index bill_cancellations_by_posting on bill_cancellations (posting_id);
create index bill_cancellations_by_approval on bill_cancellations (approval_id);

-- Billing looks for the row in force by its first day: a row without one would never be found.
alter table charge_point_terms add constraint charge_point_terms_begin check (not lower_inf(valid));
alter table supply_states add constraint supply_states_begin check (not lower_inf(valid));
