-- The payment that stands for this one's money now: itself, or what replaced it when it was moved to another home, however
-- often; null when all of them are reversed. Reads only.

create or replace function live_payment(p_payment bigint) returns bigint language sql stable as $$
  with recursive chain as (
    select p.id, p.state from payments p where p.id = p_payment
    union all
    select m.id, m.state from payments m join chain on m.moved_from_id = chain.id
  )
  select id from chain where state <> 'reversed' limit 1
$$;
