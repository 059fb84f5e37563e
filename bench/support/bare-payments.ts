/** The limit of payments: the same final rows as a payment over HTTP leaves. */
import { bareOptions, connectBare, runBare } from "./bare-client.ts";

const statement = `
  with k as (
    insert into idempotency_keys (scope, key, request_hash, response, created_at)
    values ('machine:1:post /payments', :serial::text, :hash::bytea, jsonb_build_object('paymentId', '1', 'accountNo',
      :serial::text, 'amountFen', 100, 'channel', 'bench-bank', 'serial', :serial::text, 'tender', 'transfer', 'paidAt',
      now(), 'accountingDate', '2026-09-02', 'postedAt', now(), 'allocations', jsonb_build_array(jsonb_build_object(
      'billNo', '2026-1', 'seasonId', 2026, 'amountFen', 100, 'rule', 'oldest-first')), 'prepaidFen', 0), now())
  ), p as (
    insert into payments (account_id, channel_id, serial, amount_fen, tender, paid_at)
    values (:account::bigint, 1, :serial::text, 100, 'transfer', now()) returning id
  ), g as (
    insert into postings (kind, source_id, accounting_date, value_date, created_at)
    select 'payment', id, '2026-09-02', '2026-09-02', now() from p returning id
  ), b as (
    update bills set paid_fen = paid_fen + 100
    where account_id = :account::bigint and season_id = 2026 and state <> 'cancelled' returning id
  ), t as (
    insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id, channel_id)
    select g.id, 'channel_clearing', 'offered', 100, '2026-09-02', :account::bigint, 2026, b.id, 1 from g, b
  ), l as (
    insert into allocations (posting_id, account_id, bill_id, amount_fen, rule, rank)
    select g.id, :account::bigint, b.id, 100, 'oldest-first', 0 from g, b
  ), h as (
    update household_balances set balance_fen = balance_fen - 100 where account_id = :account::bigint and code = 'offered'
  ), a as (
    insert into audit_events (occurred_at, actor_id, actor_kind, actor_name, command, subject, details, request_id)
    select now(), 1, 'machine', 'bench', 'payment.take', 'payment:' || id, jsonb_build_object('accountId',
      :account::bigint::text, 'channelId', 1, 'amountFen', '100'), 'request-' || id from p
  ), o as (
    insert into outbox_events (type, version, subject, occurred_at, payload)
    select 'payment.posted', 1, 'account:' || :account::bigint, now(), jsonb_build_object('paymentId', id::text) from p
  ) select id from p`;

const options = bareOptions();
const database = connectBare(options);
await runBare(options, database, ({ serial, hash, home }) =>
  database.sql.rows(statement, { serial, hash, account: BigInt(home) }),
);
