-- Whether the bank took a payment back before is asked for every line that takes one back: by the payment, among the few
-- lines that are no payments. Until now only the line's own serial was indexed.
--
-- Locks bank_lines against writing while the index is built: it reads the table once, and holds only reversals and refunds.
create index bank_lines_that_take_back on bank_lines (payment_id) where kind in ('reversal', 'refund');
