-- What is still owed when the work on a case is done gets its ladders: the reply to an order from outside (转办), the ruling (裁定) and the
-- call after a closing (回访). Ladders and their steps are told in English too. Rows are defaults, assumed; a clock that ran out before
-- this is told once, at the next look.
-- Locks: ladders and ladder_steps for a moment; both are small.
alter table ladders add column name_en text not null default '';
alter table ladder_steps add column words_en text not null default '';

insert into ladders (code, name) values
  ('referral-replies', '转办督办'), ('rulings', '裁定督办'), ('return-visits', '回访督办');
insert into ladder_steps (ladder_code, position, clock_kind, share_basis_points, offset_seconds, told, role_code, level,
  action, words) values
  ('referral-replies', 1, 'referral', 5000, 0, 'owner', null, null, 'tell', '转办时限过半'),
  ('referral-replies', 2, 'referral', 8000, 0, 'owner', null, null, 'tell', '转办将到时限'),
  ('referral-replies', 3, 'referral', 8000, 0, 'role', 'service-desk', 'company', 'tell', '转办将到时限，请拟稿送签'),
  ('referral-replies', 4, 'referral', 10000, 0, 'role', 'area-manager', 'branch', 'tell', '转办超时，分公司督办'),
  ('referral-replies', 5, 'referral', 10000, 7200, 'role', 'head-office', 'company', 'tell', '转办超时两小时，公司督办'),
  ('rulings', 1, 'ruling', 8000, 0, 'role', 'ruling-desk', 'company', 'tell', '裁定将到时限'),
  ('rulings', 2, 'ruling', 10000, 0, 'role', 'head-office', 'company', 'tell', '裁定超时，公司督办'),
  ('return-visits', 1, 'call-back', 10000, 0, 'role', 'service-desk', 'company', 'tell', '回访到期'),
  ('return-visits', 2, 'call-back', 10000, 86400, 'role', 'head-office', 'company', 'tell', '回访超时一天，公司督办');

update ladders set name_en = shipped.name_en
from (values ('three-level-service', 'Three levels of service'), ('four-grade-management', 'Four grades of management'),
  ('five-step-service', 'Five steps of service'), ('referral-replies', 'Replies to orders from outside'),
  ('rulings', 'Rulings'), ('return-visits', 'Return visits')) shipped (code, name_en)
where ladders.code = shipped.code;
update ladder_steps set words_en = shipped.words_en
from (values
  ('three-level-service', '首次响应将到时限', 'the first answer is nearly due'),
  ('three-level-service', '首次响应超时，分公司督办', 'the first answer is late: the branch looks after it'),
  ('three-level-service', '首次响应超时两小时，公司接管', 'the first answer is two hours late: the company takes over'),
  ('four-grade-management', '到场将到时限', 'the visit is nearly due'),
  ('four-grade-management', '到场超时，片区督办', 'the visit is late: the area looks after it'),
  ('four-grade-management', '到场超时一小时，分公司督办', 'the visit is an hour late: the branch looks after it'),
  ('four-grade-management', '到场超时四小时，公司督办', 'the visit is four hours late: the company looks after it'),
  ('five-step-service', '办结时限过半', 'half of the time for the solution is used up'),
  ('five-step-service', '办结将到时限', 'the solution is nearly due'),
  ('five-step-service', '办结超时，分公司督办', 'the solution is late: the branch looks after it'),
  ('five-step-service', '办结超时一天，公司督办', 'the solution is a day late: the company looks after it'),
  ('five-step-service', '办结超时三天，公司接管', 'the solution is three days late: the company takes over'),
  ('referral-replies', '转办时限过半', 'half of the time for the reply is used up'),
  ('referral-replies', '转办将到时限', 'the reply is nearly due'),
  ('referral-replies', '转办将到时限，请拟稿送签', 'the reply is nearly due: draft it and have it signed'),
  ('referral-replies', '转办超时，分公司督办', 'the reply is late: the branch looks after it'),
  ('referral-replies', '转办超时两小时，公司督办', 'the reply is two hours late: the company looks after it'),
  ('rulings', '裁定将到时限', 'the ruling is nearly due'),
  ('rulings', '裁定超时，公司督办', 'the ruling is late: the company looks after it'),
  ('return-visits', '回访到期', 'the return visit is due'),
  ('return-visits', '回访超时一天，公司督办', 'the return visit is a day late: the company looks after it')
) shipped (code, words, words_en)
where ladder_steps.ladder_code = shipped.code and ladder_steps.words = shipped.words;
