-- What becomes of each staged line of a bank's file, decided in one place for the dry run and for the posting.
--
--   pay       no payment bears this serial: it becomes one (file channels only)
--   prove     our payment of this serial says the same: the line proves it
--   ignore    the same line was posted or held before, in another file or further up in this one
--   suspense  money of nobody we know (file channels only)
--   break     the two sides differ; a person decides
--
-- Reads only. The serial is the identity (channel + serial); the account number and the amount must agree with it.
-- Serials of other channels mean nothing here, and names are never compared.

create or replace function classify_bank_payments(
  p_file bigint, p_channel smallint, p_real_time boolean, p_from integer, p_to integer
) returns table (
  ordinal integer, row_no integer, serial text, account_no text, amount_fen bigint, bank_day date, value_date date,
  paid_at timestamptz, payer_name text, remittance text, bill_id bigint, problem text,
  account_id bigint, payment_id bigint, our_amount_fen bigint, outcome text, class text, rule text
) language sql stable as $$
  select l.ordinal, l.row_no, l.serial, l.account_no, l.amount_fen, l.bank_day, l.value_date, l.paid_at, l.payer_name,
    l.remittance, l.bill_id, l.problem, l.account_id, l.payment_id, l.our_amount_fen,
    case
      when l.rule in ('repeated', 'replay') then 'ignore'
      when l.rule = 'serial' then 'prove'
      when l.rule in ('amount-differs', 'account-differs', 'serial-held', 'reversed-here') then 'break'
      when p_real_time then 'break'
      when l.rule in ('account-no', 'alias') then 'pay'
      else 'suspense'
    end,
    case l.rule
      when 'amount-differs' then 'amount'
      when 'account-differs' then 'duplicate'
      when 'serial-held' then 'duplicate'
      when 'reversed-here' then 'state'
      when 'unknown' then 'unknown-account'
      when 'ambiguous' then 'unknown-account'
      when 'account-closed' then case when p_real_time then 'bank-only' else 'state' end
      when 'account-no' then case when p_real_time then 'bank-only' end
      when 'alias' then case when p_real_time then 'bank-only' end
    end,
    l.rule
  from (
    select s.*, coalesce(named.id, alias.account_id) as account_id, known.id as payment_id,
      known.amount_fen as our_amount_fen,
      case
        when row_number() over (partition by s.serial order by s.ordinal) > 1 then 'repeated'
        when known.id is not null then
          case
            when known.amount_fen <> s.amount_fen then case when held.same then 'replay' else 'amount-differs' end
            when known.account_id is distinct from coalesce(named.id, alias.account_id) then
              case when held.same then 'replay' else 'account-differs' end
            when known.proved then 'replay'
            -- moved to another home: the bank's money came, and stayed
            when known.state = 'reversed' and live_payment(known.id) is null then
              case when held.same then 'replay' else 'reversed-here' end
            else 'serial'
          end
        when held.same then 'replay'
        when held.same is false then 'serial-held'
        when named.id is not null then case when named.state = 'closed' then 'account-closed' else 'account-no' end
        when alias.account_id is not null then
          case when (select a.state from heat_accounts a where a.id = alias.account_id) = 'closed'
            then 'account-closed' else 'alias' end
        when alias.accounts > 1 then 'ambiguous'
        else 'unknown'
      end as rule
    from bank_staging_lines s
    left join heat_accounts named on named.account_no = s.account_no
    left join lateral (
      select count(distinct a.account_id) as accounts,
        case when count(distinct a.account_id) = 1 then min(a.account_id) end as account_id
      from account_aliases a where a.value = s.account_no
    ) alias on named.id is null
    left join payments known on known.channel_id = p_channel and known.serial = s.serial
    left join lateral (
      select bool_or(b.account_no = s.account_no and b.amount_fen = s.amount_fen) as same
      from bank_lines b join import_files f on f.id = b.file_id
      where b.serial = s.serial and b.state in ('suspense', 'break') and b.kind = 'payment' and f.channel_id = p_channel
        and f.kind = 'collection'
    ) held on true
    where s.file_id = p_file and s.ordinal > p_from and s.ordinal <= p_to and s.kind = 'payment'
  ) l
$$;

-- Reversals and refunds (冲正、退款). The original is named by its own serial, or shares the reversal's. One that was moved to
-- another home is reversed there: until the payment that replaced it is taken back, nothing was. The bank takes a payment
-- back once: what takes it back under another serial is money of ours that the bank has, whichever household it names. A
-- line that was dismissed took nothing, and neither did a part of the amount, unless our reversal was the answer to it.
create or replace function classify_bank_reversals(
  p_file bigint, p_channel smallint, p_real_time boolean, p_from integer, p_to integer
) returns table (
  ordinal integer, account_id bigint, payment_id bigint, our_amount_fen bigint, outcome text, class text, rule text
) language sql stable as $$
  select l.ordinal, l.account_id, l.payment_id, l.our_amount_fen,
    case l.rule when 'repeated' then 'ignore' when 'replay' then 'ignore' when 'reversed' then 'prove'
      when 'reverse' then 'reverse' else 'break' end,
    case l.rule when 'amount-differs' then 'amount' when 'original-unknown' then 'state' when 'not-reversed' then 'state'
      when 'taken-back-twice' then 'state' end,
    l.rule
  from (
    select s.ordinal, known.account_id, known.id as payment_id, known.amount_fen as our_amount_fen,
      case
        when row_number() over (partition by s.serial, coalesce(s.original_serial, s.serial) order by s.ordinal) > 1
          then 'repeated'
        when seen.found then 'replay'
        when known.id is null then 'original-unknown'
        when taken.found or count(*) filter (where seen.found is null and s.amount_fen = known.amount_fen) over (
            partition by coalesce(s.original_serial, s.serial) order by s.ordinal
            rows between unbounded preceding and 1 preceding) > 0
          then 'taken-back-twice'
        when known.amount_fen <> s.amount_fen then 'amount-differs'
        when known.state = 'reversed' and live_payment(known.id) is null then 'reversed'
        when p_real_time then 'not-reversed'
        else 'reverse'
      end as rule
    from bank_staging_lines s
    left join payments known on known.channel_id = p_channel and known.serial = coalesce(s.original_serial, s.serial)
    left join lateral (
      select true as found from bank_lines b join import_files f on f.id = b.file_id
      where b.serial = s.serial and b.kind in ('reversal', 'refund') and f.channel_id = p_channel
        and f.kind = 'collection'
        and coalesce(b.original_serial, b.serial) = coalesce(s.original_serial, s.serial)
        and b.amount_fen = s.amount_fen
      limit 1
    ) seen on true
    left join lateral (
      select true as found from bank_lines b left join breaks k on k.bank_line_id = b.id
      where b.payment_id = known.id and b.kind in ('reversal', 'refund')
        and (b.state in ('posted', 'proved') or (b.state = 'break'
          and (k.resolution = 'reversed' or (k.state = 'open' and b.amount_fen = known.amount_fen))))
      limit 1
    ) taken on true
    where s.file_id = p_file and s.ordinal > p_from and s.ordinal <= p_to and s.kind in ('reversal', 'refund')
  ) l
$$;
