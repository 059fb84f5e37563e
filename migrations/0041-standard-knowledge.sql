-- The knowledge that a new house begins with: what people ask every winter, without a figure that a city decides. A company
-- writes its own versions over them or withdraws them.
-- Locks: inserts only.

with articles (code, place, title_zh, spoken_zh, body_zh, title_en, spoken_en, body_en, keywords) as (values
  ('leak', 1, '暖气漏水怎么办', '请先关闭入户阀门，用容器接水，切勿自行拆卸。漏水请立即按零转人工报修。',
   '1. 关闭入户供、回水阀门。2. 用容器接水，移开电器和贵重物品。3. 不要自行拆卸暖气片或管件。4. 立即拨打客服热线报修，抢修人员优先到场。',
   'A leak', 'Close the inlet valve and catch the water. Do not take anything apart. For a leak, press zero now and tell an agent.',
   '1. Close the supply and return valves at the inlet. 2. Catch the water and move electrical appliances away. 3. Do not take radiators or pipes apart. 4. Call us at once; leaks go before everything else.',
   array['漏水', '爆管', '跑水', 'leak']),
  ('not-hot', 2, '暖气不热先看什么', '请检查入户阀门是否打开，过滤器是否堵塞，暖气片是否有气。仍不热请报修，我们上门测温。',
   '1. 入户供、回水阀门是否全开。2. 过滤器是否堵塞。3. 暖气片上部不热、下部热，多为积气，请排气。4. 邻居是否同样不热：如同样不热，多为楼栋或热力站问题。仍不热请报修，工作人员上门测温。',
   'Radiators that stay cold', 'See whether the inlet valve is open, the filter is clean and no air is in the radiators. If it stays cold, report it and we come and measure.',
   '1. Supply and return valves at the inlet are fully open. 2. The filter is not blocked. 3. A radiator that is cold at the top has air in it: let it out. 4. Ask the neighbours: if they are cold too, it is the building or the station. If it stays cold, report it; somebody comes and measures.',
   array['暖气不热', '不热怎么办', '排气', '放气', 'cold radiator']),
  ('valve', 3, '缴费后多久开阀', '缴清本采暖季热费后，系统自动下达开阀任务，一般一到两天内完成，不必再打电话申请。',
   '缴清本采暖季热费后，系统自动下达开阀任务，一般一至两天内完成。可在热线按键菜单查询进度。家中需有人，开阀后请检查有无渗漏。',
   'When the valve is opened', 'Once the season is paid in full the order to open the valve is given by itself, and is done within one or two days as a rule.',
   'Once the season is paid in full the order to open the valve is given by itself, and is done within one or two days as a rule. The telephone menu tells how it stands. Please be at home and look for leaks afterwards.',
   array['开阀时间', '什么时候开阀', '多久开阀', 'open valve']),
  ('pressure-test', 4, '试压注水注意事项', '试压当天请家中留人，检查暖气片和接头有无渗漏。发现漏水立即关闭入户阀门并拨打热线。',
   '采暖季前，管网注水试压。通知的时间内请家中留人，检查暖气片、阀门和接头；发现渗漏立即关闭入户阀门并拨打客服热线。不在家的用户请提前关闭入户阀门。新装修改动过暖气的用户尤其要留人。',
   'The pressure test', 'On the day of the pressure test please stay at home and look for leaks. If there is one, close the inlet valve and call us.',
   'Before the season the network is filled and tested under pressure. Stay at home in the announced hours and look at radiators, valves and joints; if there is a leak, close the inlet valve and call us. If you are away, close the inlet valve before. Whoever changed his radiators should take special care.',
   array['试压', '打压', '注水', 'pressure test']),
  ('temperature', 5, '怎样申请测温', '室温不达标可以申请上门测温，请按零转人工登记。测温前请关好门窗，正常使用不少于四小时。',
   '室温不达标可申请上门测温。测温前关闭门窗，暖气片不加盖遮挡。由工作人员和用户共同在测温单上签字确认，作为处理和退费的依据。',
   'Having the temperature measured', 'If your rooms stay below the standard, have them measured: press zero and tell an agent. Keep doors and windows shut before.',
   'If your rooms stay below the standard we come and measure. Keep doors and windows shut and radiators uncovered. Both sides sign the slip; it decides what is done and what is refunded.',
   array['测温', '室温', '温度不达标', 'temperature']),
  ('draining', 6, '不要私自放水', '暖气系统的水经过处理，私自放水会使整栋楼压力下降、暖气不热，还会被依法处理。',
   '暖气系统的水经过软化处理，不可饮用和洗涤。私自放水会使系统缺水、压力下降，影响整栋楼供热，并可能被依法处理。发现有人放水请拨打热线举报。',
   'Do not drain the system', 'The water of the heating system is treated. Draining it makes the pressure fall and the whole house cold, and is against the law.',
   'The water of the heating system is treated and fit for no other use. Draining it makes the pressure fall and the whole house cold, and is against the law. Please tell us where it happens.',
   array['放水', '偷水', 'drain']),
  ('suspension', 7, '怎样办理报停', '报停请在规定期限前办理，并由工作人员关闭、铅封入户阀门。请按零转人工了解办理期限和材料。',
   '不需要用热的用户，请在规定期限前办理报停。独立循环的用户由工作人员关闭并铅封入户阀门；期限、费用和材料以当年公告为准，可转人工询问。',
   'Stopping the heat for a season', 'Stops are taken until the announced day; our staff close and seal the valve. For dates and papers, press zero.',
   'Who needs no heat this season asks for a stop before the announced day. Our staff close and seal the inlet valve. Dates, fees and papers are in the notice of the year; an agent tells you.',
   array['报停', '停热办理', '不用暖气', 'suspension'])
), made as (
  insert into knowledge_articles (code, menu_position, created_at)
  select code, place, '2000-01-01T00:00:00+08:00' from articles returning id, code
), versioned as (
  insert into knowledge_versions (article_id, version, state, valid, written_at)
  select id, 1, 'approved', daterange('2000-01-01', null), '2000-01-01T00:00:00+08:00' from made returning id, article_id
), worded as (
  insert into knowledge_texts (version_id, language, title, spoken, body)
  select versioned.id, words.language, words.title, words.spoken, words.body
  from versioned join made on made.id = versioned.article_id join articles on articles.code = made.code
  cross join lateral (values ('zh-CN', title_zh, spoken_zh, body_zh), ('en', title_en, spoken_en, body_en))
    words (language, title, spoken, body)
)
insert into knowledge_keywords (version_id, keyword)
select versioned.id, replace(keyword, ' ', '')
from versioned join made on made.id = versioned.article_id join articles on articles.code = made.code
cross join lateral unnest(articles.keywords) keyword;
