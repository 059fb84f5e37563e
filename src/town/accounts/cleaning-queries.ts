/**
 * The cleaning list (清洗清单): what is probably wrong but nobody's to refuse. The same statements run over a roll that is
 * being imported and over the accounts that are there.
 */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

/** The words of the cleaning file. */
export const FINDINGS = {
  "account-no-twice": "同一户号在文件中出现两次以上",
  "two-accounts-at-one-door": "同一门牌有两个户号",
  "phase-twin": "小区名称只差期数",
  "inner-gross-ratio": "套内面积与建筑面积之比不在0.70至0.95之间",
  "area-out-of-bounds": "面积超出该用热性质的常见范围",
  "area-beyond-median": "面积超过本楼中位数的3倍",
  "billing-area-differs": "原计费面积与按规则确定的面积不同",
  "bad-phone": "电话无法识别，未保存",
  "firm-phone-lost": "热力站物业电话无法识别或不止一个，只保存第一个可识别的",
  "no-usable-phone": "户主没有可用电话",
  "name-missing": "没有用户姓名",
  "alias-of-two": "旧户号、卡号或代扣协议号对应两个户号，未保存",
  "further-point-says-otherwise": "计费点2及以后的行写了另一个姓名、电话或其他号码，以计费点1的行为准",
  "alias-is-account-no": "旧户号、卡号或代扣协议号是另一户的户号，未保存",
  "building-on-two-loops": "同一栋楼写了两条环路，取多数",
  "building-in-two-areas": "同一栋楼写了两个片区，取多数",
  "station-with-two-owners": "同一热力站写了两种产权，取多数",
  "station-owner-missing": "热力站没有写产权：有接管日期的按自管，没有的按物业",
} as const;
export type FindingKind = keyof typeof FINDINGS;

export type Finding = {
  readonly kind: FindingKind;
  /** Row of the file; null on the live database and for findings about places. */
  readonly rowNo: number | null;
  readonly accountNo: string | null;
  readonly note: string;
};

/** Bounds of an area by class in m2, and of the ratio in hundredths: a company's own experience may differ. */
export type CleaningBounds = {
  readonly residentialM2: readonly [number, number];
  readonly nonResidentialM2: readonly [number, number];
};
export const CLEANING_BOUNDS: CleaningBounds = {
  residentialM2: [15, 400],
  nonResidentialM2: [5, 100_000],
};

const m2 = (milli: string): string => `trim_scale(${milli} / 1000.0)`;

/**
 * Findings over a relation `homes` with row_no, account_no, heat_class, inner_milli, gross_milli, decided_milli,
 * place (door), block (building) and person_name, phones_usable.
 */
const homeFindings = (homes: string): string => `
  with homes as materialized (${homes}), medians as (
    select block, percentile_disc(0.5) within group (order by decided_milli) as median
    from homes where decided_milli > 0 group by block having count(*) >= 5
  )
  select 'inner-gross-ratio' as kind, row_no as "rowNo", account_no as "accountNo",
    concat(${m2("inner_milli")}, ' / ', ${m2("gross_milli")}) as note
  from homes where inner_milli > 0 and gross_milli > 0
    and (inner_milli * 100 < gross_milli * 70 or inner_milli * 100 > gross_milli * 95)
  union all
  select 'area-out-of-bounds', row_no, account_no, ${m2("decided_milli")}::text
  from homes where decided_milli is not null and not decided_milli between
    case heat_class when 'residential' then :residentialFrom::bigint else :otherFrom::bigint end
    and case heat_class when 'residential' then :residentialTo::bigint else :otherTo::bigint end
  union all
  select 'area-beyond-median', row_no, account_no,
    concat(${m2("decided_milli")}, ' > 3 x ', ${m2("medians.median")})
  from homes join medians using (block) where decided_milli > 3 * medians.median
  union all
  select 'two-accounts-at-one-door', row_no, account_no, others
  from (
    select row_no, account_no, count(*) over door as many,
      string_agg(account_no, '、') over door as others
    from homes window door as (partition by place)
  ) doors where many > 1
  union all
  select 'name-missing', row_no, account_no, '' from homes where person_name = ''
  union all
  select 'no-usable-phone', row_no, account_no, '' from homes where not phones_usable`;

const twins = (names: string): string => `
  select 'phase-twin' as kind, null::int as "rowNo", null::text as "accountNo",
    concat(district, ' ', string_agg(distinct name, '、' order by name)) as note
  from (${names}) named group by district, base_name having count(distinct name) > 1`;

const STAGED_HOMES = `
  select row_no, account_no, heat_class, inner_milli, gross_milli, decided_milli,
    case when point = '1' then concat_ws('/', district, street, community, building, unit, floor, door)
      else concat_ws('#', account_no, point) end as place,
    concat_ws('/', district, street, community, building) as block,
    case when point = '1' then person_name else '-' end as person_name, true as phones_usable
  from roll_checked where judgement = ''`;

const STAGED_ONLY = `
  select 'account-no-twice' as kind, checked.row_no as "rowNo", checked.account_no as "accountNo", twins.rows as note
  from roll_checked checked
  join (
    select account_no, point, string_agg(row_no::text, '、' order by row_no) as rows
    from roll_checked where judgement = 'account-no-twice' group by account_no, point
  ) twins on twins.account_no = checked.account_no and twins.point = checked.point
    and checked.judgement = 'account-no-twice'
  union all
  select 'further-point-says-otherwise', further.row_no, further.account_no, concat('计费点 ', further.point)
  from roll_checked further
  join roll_checked first on first.account_no = further.account_no and first.point = '1'
  where further.point <> '1' and further.judgement = '' and not further.already_there
    and (further.person_name not in ('', first.person_name) or further.phones not in ('', first.phones)
      or further.old_number not in ('', first.old_number) or further.card not in ('', first.card)
      or further.agreement not in ('', first.agreement))
  union all
  select 'bad-phone', row_no, account_no, bad_phones from roll_checked where bad_phones <> ''
  union all
  select distinct 'firm-phone-lost', null::int, null, concat(station, ' ', lost_firm_phones)
  from roll_checked where lost_firm_phones <> ''
  union all
  select 'billing-area-differs', row_no, account_no, concat(${m2("given_milli")}, ' / ', ${m2("decided_milli")})
  from roll_checked where judgement = '' and given_milli <> decided_milli
  union all
  select distinct 'building-on-two-loops', null::int, null, concat(community, building)
  from roll_checked where two_loops
  union all
  select distinct 'building-in-two-areas', null::int, null, concat(community, building)
  from roll_checked where two_areas
  union all
  select distinct 'station-with-two-owners', null::int, null, station from roll_checked where two_owners
  union all
  select distinct 'station-owner-missing', null::int, null, station from roll_checked
  where judgement = '' and owner_unknown and not station_known
`;

// The three kinds of other numbers one after the other: each a sort of its own column, not of all of them.
const aliasFindings = (kind: string, column: string): string => `
  with named as (
    select row_no, account_no, ${column} as value, count(*) over (partition by ${column}) as owners
    from roll_checked
    where point = '1' and judgement = '' and not already_there and ${column} <> '' and ${column} <> account_no
  )
  select case when number_of.id is not null or also.account_no is not null then 'alias-is-account-no'
      else 'alias-of-two' end as kind, named.row_no as "rowNo", named.account_no as "accountNo",
    concat('${kind} ', named.value) as note
  from named
  left join heat_accounts number_of on number_of.account_no = named.value
  left join roll_checked also on also.account_no = named.value and also.point = '1' and also.judgement = ''
    and not also.already_there
  left join account_aliases known on known.value = named.value and known.kind = '${kind}'
  where owners > 1 or number_of.id is not null or also.account_no is not null or known.account_id is not null`;
const ALIAS_FINDINGS = [
  aliasFindings("old-number", "old_number"),
  aliasFindings("card", "card"),
  aliasFindings("bank-agreement", "agreement"),
];

const LIVE_HOMES = `
  select null::int as row_no, account.account_no, terms.heat_class, terms.inner_area_milli_m2 as inner_milli,
    terms.gross_area_milli_m2 as gross_milli, terms.billing_area_milli_m2 as decided_milli,
    account.premises_id::text as place, premises.building_id::text as block,
    coalesce(person.name, '') as person_name,
    exists (select 1 from person_phones phone where phone.person_id = person.id
      and phone.confirmed is not false) as phones_usable
  from heat_accounts account join premises on premises.id = account.premises_id
  join charge_points point on point.account_id = account.id and point.ordinal = 1
  left join charge_point_terms terms on terms.charge_point_id = point.id and terms.valid @> :day::date
  left join account_roles role on role.account_id = account.id and role.role = 'owner' and role.valid @> :day::date
  left join people person on person.id = role.person_id
  where account.state <> 'closed'`;

const boundsOf = (bounds: CleaningBounds) => ({
  residentialFrom: bounds.residentialM2[0] * 1000,
  residentialTo: bounds.residentialM2[1] * 1000,
  otherFrom: bounds.nonResidentialM2[0] * 1000,
  otherTo: bounds.nonResidentialM2[1] * 1000,
});

const findAliasFindings = async (sql: Sql): Promise<Finding[]> => {
  const found: Finding[] = [];
  for (const statement of ALIAS_FINDINGS) found.push(...(await sql.rows<Finding>(statement)));
  return found;
};

/** Of the roll that is being imported (after `checkStage`); communities that are there count as twins too. */
export const findStagedFindings = async (sql: Sql, bounds: CleaningBounds): Promise<Finding[]> => [
  ...(await sql.rows<Finding>(
    twins(`select district, base_name, community as name from roll_checked where judgement = ''
      union select district, base_name, name from communities`),
  )),
  ...(await sql.rows<Finding>(STAGED_ONLY)),
  ...(await findAliasFindings(sql)),
  ...(await sql.rows<Finding>(homeFindings(STAGED_HOMES), boundsOf(bounds))),
];

/** Of the accounts that are there, as they are on a day. Reads only; tells no names or numbers of people. */
export const findLiveFindings = async (sql: Sql, day: Day, bounds: CleaningBounds): Promise<Finding[]> => [
  ...(await sql.rows<Finding>(twins("select district, base_name, name from communities"))),
  ...(await sql.rows<Finding>(homeFindings(LIVE_HOMES), { ...boundsOf(bounds), day })),
];
