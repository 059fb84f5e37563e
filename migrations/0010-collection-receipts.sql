-- What a counter needs beyond the first draft: a receipt that was voided frees its other payments for a new receipt, a
-- closed shift knows the last posting that it counted, and a bank's reversal message has a serial of its own.
-- Locks: short exclusive locks on receipts, receipt_payments, shifts and payment_reversals; no rewrite.

alter table receipt_payments drop constraint receipt_payments_payment_id_key;
-- false once the receipt is void: the payments that were not reversed may stand on another one
alter table receipt_payments add column active boolean not null default true;
create unique index receipt_payments_one_active on receipt_payments (payment_id) where active;
create index receipt_payments_by_payment on receipt_payments (payment_id);

alter table receipts add column void_reason text,
  add column voided_by bigint,
  add check ((voided_at is null) = (void_reason is null));

-- Postings up to here are in the shift's expected amounts; corrections that come later are not.
alter table shifts add column last_posting_id bigint;

alter table payment_reversals add column channel_id smallint references channels,
  -- the channel's own number of the reversal message (冲正流水号)
  add column serial text check (length(serial) between 1 and 64),
  add column approval_id bigint references approvals,
  add check ((serial is null) = (channel_id is null));
create unique index payment_reversals_serial on payment_reversals (channel_id, serial) where serial is not null;
create index payment_reversals_by_approval on payment_reversals (approval_id) where approval_id is not null;
