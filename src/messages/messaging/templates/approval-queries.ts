/** SQL on what a provider has approved (模板审核). */
import type { Sql } from "#src/platform/sql.ts";
import type { TemplateLocale } from "./declaration.ts";

export const APPROVAL_STATES = ["submitted", "approved", "rejected", "withdrawn"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];
export const APPROVING_PROVIDERS = ["gateway"] as const;
export type ApprovingProvider = (typeof APPROVING_PROVIDERS)[number];

export type Approval = {
  readonly provider: ApprovingProvider;
  readonly name: string;
  readonly locale: TemplateLocale;
  readonly version: number;
  readonly digest: string;
  readonly providerTemplateId: string;
  readonly state: ApprovalState;
  readonly reason: string;
  readonly changedAt: Date;
};

const columns = `provider, name, locale, version, digest, provider_template_id as "providerTemplateId", state, reason,
  changed_at as "changedAt"`;

const record = `
  insert into provider_templates (provider, name, locale, version, digest, provider_template_id, state, reason, changed_at,
    changed_by)
  values (:provider, :name, :locale, :version, :digest, :providerTemplateId, :state, :reason, :now, :changedBy)
  on conflict (provider, name, locale, digest) do update
    set version = excluded.version, provider_template_id = excluded.provider_template_id, state = excluded.state,
      reason = excluded.reason, changed_at = excluded.changed_at, changed_by = excluded.changed_by
  returning ${columns}`;
export const recordApproval = (
  sql: Sql,
  row: Omit<Approval, "changedAt"> & { readonly now: Date; readonly changedBy: bigint | null },
) => sql.one<Approval>(record, row);

const all = `select ${columns} from provider_templates order by changed_at desc, id desc`;
export const findApprovals = (sql: Sql) => sql.rows<Approval>(all);

const approved = `
  select name, locale, digest, provider_template_id as id from provider_templates
  where provider = :provider and state = 'approved'`;
/** The ids under which a provider sends by template. */
export const findApprovedIds = (sql: Sql, provider: string) =>
  sql.rows<{ name: string; locale: string; digest: string; id: string }>(approved, { provider });
