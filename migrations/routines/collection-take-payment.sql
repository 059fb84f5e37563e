-- Takes a channel's payment in one statement: key, account, posting, audit row, event and stored answer. It is the write path
-- of src/platform/command.ts for the one command that comes a thousand times a second, with one flight to the database
-- instead of three. Whatever is out of the ordinary raises NY003, undoes all of it and is left to the long way, which knows
-- every refusal; null is answered when the key was used before.
-- (The name sorts behind collection-post-one-payment.sql, which it calls.)

create or replace function take_payment_at_once(
  p_scope text, p_key text, p_hash bytea, p_request_id text,
  p_actor_id bigint, p_actor_kind text, p_actor_name text, p_staff_id bigint,
  p_account_no text, p_only_accounts bigint[],
  p_channel smallint, p_channel_code text, p_tender text, p_accounting_date date, p_now timestamptz, p_now_text text,
  p_policy allocation_rule, p_season smallint,
  p_amount bigint, p_serial text, p_paid_at timestamptz, p_paid_at_text text, p_value_date date
) returns jsonb language plpgsql as $$
declare
  v_account bigint;
  v_payment bigint;
  v_outcome text;
  v_shares jsonb;
  v_answer jsonb;
  -- Where the key stands: found again without a plan that may have been made while the table was empty.
  v_row tid;
begin
  insert into idempotency_keys (scope, key, request_hash, created_at) values (p_scope, p_key, p_hash, p_now)
    on conflict do nothing returning ctid into v_row;
  if not found then
    return null;
  end if;
  select id into v_account from heat_accounts
    where account_no = p_account_no and (p_only_accounts is null or id = any(p_only_accounts));
  if v_account is null then
    raise exception 'not at once' using errcode = 'NY003';
  end if;
  select payment_id, outcome, shares into v_payment, v_outcome, v_shares
    from post_one_payment(p_channel, 'channel_clearing', p_tender, null, p_accounting_date, p_staff_id, p_now, p_policy,
      p_season, v_account, p_amount, p_serial, p_paid_at, p_value_date, null);
  if v_outcome <> 'posted' then
    raise exception 'not at once' using errcode = 'NY003';
  end if;
  insert into audit_events (occurred_at, actor_id, actor_kind, actor_name, command, subject, details, request_id)
    values (p_now, p_actor_id, p_actor_kind, p_actor_name, 'payment.take', 'payment:' || v_payment,
      jsonb_build_object('accountId', v_account::text, 'channelId', p_channel, 'amountFen', p_amount::text), p_request_id);
  insert into outbox_events (type, version, subject, occurred_at, payload)
    values ('payment.posted', 1, 'account:' || v_account, p_now, jsonb_build_object('paymentId', v_payment::text));
  v_answer := jsonb_build_object('paymentId', v_payment::text, 'accountNo', p_account_no, 'amountFen', p_amount,
    'channel', p_channel_code, 'serial', p_serial, 'tender', p_tender, 'paidAt', p_paid_at_text,
    'accountingDate', p_accounting_date::text, 'postedAt', p_now_text,
    'allocations', (select coalesce(jsonb_agg(jsonb_build_object(
        'billNo', (share ->> 'seasonId') || '-' || (share ->> 'billId'), 'seasonId', share -> 'seasonId',
        'amountFen', share -> 'amountFen', 'rule', share -> 'rule')), '[]')
      from jsonb_array_elements(v_shares) share where share ->> 'billId' is not null),
    'prepaidFen', (select coalesce(sum((share -> 'amountFen')::bigint), 0)
      from jsonb_array_elements(v_shares) share where share ->> 'billId' is null));
  update idempotency_keys set response = v_answer where ctid = v_row;
  return v_answer;
end $$;
