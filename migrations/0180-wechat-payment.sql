-- Paying inside WeChat's browser (微信内支付): who sits there (openid) is asked for once a session and leaves with it; an order that was
-- begun for such a payer has, in the place of an address, what the page hands over to WeChat's browser.
-- And an index for the codes that one telephone gets.
-- Locks: two short exclusive locks, no row is written; the index holds up writes to a table of a week's codes for a moment.
alter table household_sessions
  add openid text check (length(openid) between 1 and 128),
  -- of the way to WeChat and back: nobody else's answer is taken for it
  add wechat_state_hash bytea check (length(wechat_state_hash) = 32),
  add wechat_state_until timestamptz;
alter table wallet_orders
  add hand_over jsonb check (jsonb_typeof(hand_over) = 'object');

-- How many codes went to one telephone, for whichever of its homes.
create index household_challenges_by_number on household_challenges (number, created_at) where number is not null;
