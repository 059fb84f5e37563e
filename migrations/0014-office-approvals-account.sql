-- An approval about a household belongs to the areas of that household: who is bound to areas reads and decides those only.
-- Null: about no household, or asked for before this column; such rows are read by whoever has no bounds.
-- Locks: a short exclusive lock on a small table; the column needs no rewrite, the back-fill is bounded by the approvals.

alter table approvals add column account_id bigint references heat_accounts;

update approvals a set account_id = p.account_id
from payments p
where a.subject ~ '^payment:[0-9]{1,18}$' and p.id = substring(a.subject from 9)::bigint;

update approvals a set account_id = b.account_id
from bills b
where a.subject ~ '^bill:[0-9]{1,18}$' and b.id = substring(a.subject from 6)::bigint;

update approvals a set account_id = h.id
from heat_accounts h
where a.subject ~ '^account:[0-9]{1,18}$' and h.id = substring(a.subject from 9)::bigint;

create index approvals_by_account on approvals (account_id);
