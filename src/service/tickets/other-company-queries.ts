/** SQL of the heating companies that are not us. */
import type { Sql } from "#src/platform/sql.ts";

export type OtherCompany = {
  readonly companyId: bigint;
  readonly name: string;
  readonly phone: string;
  readonly community: string;
};

// The longest name that the text contains; one of ours that is at least as long goes before it (一期 theirs, 二期 ours).
const named = `
  select company.id as "companyId", company.name, company.phone, served.community
  from other_company_communities served
  join other_companies company on company.id = served.company_id and company.active
  where position(served.folded in :folded) > 0
    and not exists (select 1 from communities own
      where length(own.name) >= length(served.folded) and position(own.name in :folded) > 0)
  order by length(served.folded) desc, served.folded limit 1`;
export const findByCommunity = (sql: Sql, folded: string) => sql.maybeOne<OtherCompany>(named, { folded });

const addCompany = `
  insert into other_companies (name, phone, remark) values (:name, :phone, :remark)
  on conflict (name) do update set phone = excluded.phone, remark = excluded.remark, active = true,
    version = other_companies.version + 1
  returning id`;
export const upsertCompany = (sql: Sql, row: { name: string; phone: string; remark: string }) =>
  sql.one<{ id: bigint }>(addCompany, row);

const dropCommunities = `
  delete from other_company_communities where company_id = :companyId and not (folded = any(:folded::text[]))`;
const addCommunities = `
  insert into other_company_communities (company_id, community, folded)
  select :companyId, community, folded from unnest(:communities::text[], :folded::text[]) served (community, folded)
  on conflict (folded) do nothing`;
/** Replaces what a company serves; a name that another company has stays with that one. */
export const replaceCommunities = async (
  sql: Sql,
  row: { companyId: bigint; communities: readonly string[]; folded: readonly string[] },
): Promise<void> => {
  await sql.run(dropCommunities, row);
  await sql.run(addCommunities, row);
};

const companies = `
  select company.id, company.name, company.phone, company.remark, company.active,
    coalesce((select array_agg(served.community order by served.community)
      from other_company_communities served where served.company_id = company.id), '{}') as communities,
    (select count(*)::int from other_company_callers caller
      where caller.company_id = company.id and caller.told_at >= :since) as told
  from other_companies company order by company.name`;
export const findCompanies = (sql: Sql, since: Date) =>
  sql.rows<{
    id: bigint;
    name: string;
    phone: string;
    remark: string;
    active: boolean;
    communities: string[];
    told: number;
  }>(companies, { since });

const tell = `
  insert into other_company_callers (company_id, channel, source_key, told_at, told_by)
  select id, :channel, :sourceKey::text, :now, :by::bigint from other_companies where id = :companyId
  on conflict (source_key) do nothing returning id`;
export const insertCaller = (
  sql: Sql,
  row: { companyId: bigint; channel: string; sourceKey: string | null; now: Date; by: bigint | null },
) => sql.maybeOne<{ id: bigint }>(tell, row);

const companyKnown = `select name, phone from other_companies where id = :companyId`;
export const findCompany = (sql: Sql, companyId: bigint) =>
  sql.maybeOne<{ name: string; phone: string }>(companyKnown, { companyId });
