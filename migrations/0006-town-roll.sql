-- What moving in needs: names under which the network is recognised again, numbers that find an account, and the
-- fingerprint by which a row that was loaded once is known.
-- Locks: short exclusive locks on small tables; the checks read account_aliases once.

-- The roll names things and has no codes of ours.
alter table heat_sources add constraint heat_sources_name_key unique (name);
alter table stations add constraint stations_source_name_key unique (heat_source_id, name);
alter table communities add constraint communities_place_name_key unique (district, name, street);
create index communities_by_base_name on communities (base_name);

-- 东户 exists on every floor of a stairwell: the floor belongs to the name of a door.
alter table premises drop constraint premises_unit_id_door_key;
alter table premises add constraint premises_unit_floor_door_key unique (unit_id, floor, door);

-- Numbers are stored as they are looked for: half width, no blanks around or inside.
alter table account_aliases add constraint account_aliases_value_folded check (value ~ '^[!-~]{1,64}$');

-- Full width becomes half width and blanks around go; leading zeros stay. The twin of foldAccountText.
create function fold_account_text(value text) returns text language sql immutable parallel safe strict as $$
  select btrim(translate(value, '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　',
    '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~ '), E' \t\r\n\u00a0')
$$;

-- Every number that names an account. rank 0 = the 户号 itself, which goes before an alias of the same text.
create view account_numbers as
  select account_no as value, id as account_id, 0 as rank from heat_accounts
  union all
  select value, account_id, 1 as rank from account_aliases;

-- The row of the roll from which an account came, as 16 bytes of SHA-256: the same row again adds nothing.
alter table heat_accounts add column roll_row_digest bytea;
alter table roll_imports add column report jsonb not null default '{}';

-- Bill runs and reminders ask for the holds in force only.
create index account_holds_in_force on account_holds (account_id) where released_at is null;
