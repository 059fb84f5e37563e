-- Channels (收费渠道) have an English name beside the Chinese one, as categories of cases have: an English page says "WeChat Pay" and
-- not 微信支付. Nobody's name is made up: where none was given it is null, and pages say the channel's code.
-- What the program itself plants under these names gets its English one; a name that somebody chose is left to `nuan channel set`.
-- Locks: channels for a moment, for the column (nothing is rewritten, a dozen rows are checked); payments that name a channel wait
-- that long. Processes of the version before go on: they neither read nor write it.
alter table channels add column name_en text constraint channels_name_en_said check (btrim(name_en) <> '');

update channels set name_en = case
    when name = '微信支付' then 'WeChat Pay'
    when name = '支付宝' then 'Alipay'
    when name in ('营业厅', '柜台') and kind = 'counter' then 'Counter'
    when name = '甲便利店（虚构）' then 'Convenience store A (invented)'
    when name = '乙便利店（虚构）' then 'Convenience store B (invented)'
    when name ~ '^[A-Z] 银行（虚构）$' then 'Bank ' || left(name, 1) || ' (invented)'
  end
where name in ('微信支付', '支付宝', '甲便利店（虚构）', '乙便利店（虚构）') or name ~ '^[A-Z] 银行（虚构）$'
  or (name in ('营业厅', '柜台') and kind = 'counter');
