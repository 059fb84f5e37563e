/** All SQL of the approvals room. */
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";

export type ApprovalState = "requested" | "approved" | "refused" | "withdrawn" | "used";

export type ApprovalRow = {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  /** The household that it is about; null when it is about none. */
  readonly accountId: bigint | null;
  readonly request: unknown;
  readonly state: ApprovalState;
  readonly requestedBy: bigint;
  readonly requestedAt: Date;
  readonly decidedBy: bigint | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
};

const COLUMNS = `a.id, a.kind, a.subject, a.account_id as "accountId", a.request, a.state, a.requested_by as "requestedBy",
  a.requested_at as "requestedAt", a.decided_by as "decidedBy", a.decided_at as "decidedAt", a.reason`;

export const insertApproval = (
  sql: Sql,
  approval: {
    kind: string;
    subject: string;
    accountId: bigint | null;
    request: string;
    requestedBy: bigint;
    now: Date;
  },
) =>
  sql.one<{ id: bigint }>(
    `insert into approvals (kind, subject, account_id, request, requested_by, requested_at)
     values (:kind, :subject, :accountId, :request::jsonb, :requestedBy, :now) returning id`,
    approval,
  );

/** Asked, decided and used in one breath, by two people at one counter. */
export const insertUsedApproval = (
  sql: Sql,
  approval: {
    kind: string;
    subject: string;
    accountId: bigint | null;
    request: string;
    requestedBy: bigint;
    decidedBy: bigint;
    now: Date;
  },
) =>
  sql.one<{ id: bigint }>(
    `insert into approvals (kind, subject, account_id, request, state, requested_by, requested_at, decided_by,
       decided_at)
     values (:kind, :subject, :accountId, :request::jsonb, 'used', :requestedBy, :now, :decidedBy, :now) returning id`,
    approval,
  );

/** Before anything is locked: which pool its decision needs. */
export const findKind = (sql: Sql, id: bigint) =>
  sql.maybeOne<{ kind: string }>("select kind from approvals where id = :id", { id });

export const lockApproval = (sql: Sql, id: bigint) =>
  sql.maybeOne<ApprovalRow>(`select ${COLUMNS} from approvals a where a.id = :id for update`, { id });

/** Whether a household lies within the bounds of `accountScope`. */
export const isAccountInScope = async (sql: Sql, accountId: bigint, scope: Bindings): Promise<boolean> =>
  (await sql.maybeOne(
    `select 1 from heat_accounts account where account.id = :accountId and ${accountScope("account")}`,
    { accountId, ...scope },
  )) !== null;

export const storeDecision = (
  sql: Sql,
  decision: {
    id: bigint;
    state: "approved" | "refused";
    decidedBy: bigint;
    now: Date;
    reason: string | null;
  },
) =>
  sql.run(
    `update approvals set state = :state, decided_by = :decidedBy, decided_at = :now, reason = :reason
     where id = :id and state = 'requested'`,
    decision,
  );

export const moveApproval = (sql: Sql, move: { id: bigint; from: ApprovalState; to: ApprovalState }) =>
  sql.run("update approvals set state = :to where id = :id and state = :from", move);

export type ApprovalListRow = ApprovalRow & {
  readonly requesterLogin: string;
  readonly accountNo: string | null;
  readonly deciderLogin: string | null;
};

/**
 * Newest first: what one may decide, what one asked for, or everything. Of what others asked for, whoever has bounds sees
 * the households within them; what is about no household is for those without.
 */
export const listApprovals = (
  sql: Sql,
  {
    scope,
    ...page
  }: {
    beforeId: bigint | null;
    limit: number;
    everything: boolean;
    kinds: readonly string[];
    staffId: bigint | null;
    onlyMine: boolean;
    onlyOthers: boolean;
    states: readonly ApprovalState[] | null;
    kind: string | null;
    accountNo: string | null;
    scope: Bindings;
  },
) =>
  sql.rows<ApprovalListRow>(
    `select ${COLUMNS}, requester.login as "requesterLogin", decider.login as "deciderLogin",
       about.account_no as "accountNo"
     from approvals a
     join staff_members requester on requester.id = a.requested_by
     left join staff_members decider on decider.id = a.decided_by
     left join heat_accounts about on about.id = a.account_id
     where (:beforeId::bigint is null or a.id < :beforeId::bigint)
       and (:everything::boolean or a.kind = any(:kinds::text[]) or a.requested_by = :staffId::bigint)
       and (not :onlyMine::boolean or a.requested_by = :staffId::bigint)
       and (not :onlyOthers::boolean or a.requested_by is distinct from :staffId::bigint)
       and (:states::text[] is null or a.state = any(:states::text[]))
       and (:kind::text is null or a.kind = :kind::text)
       and (:accountNo::text is null or a.account_id = (select id from heat_accounts where account_no = :accountNo::text))
       and (:scopeKind::text = 'everything' or a.requested_by = :staffId::bigint or exists (
         select 1 from heat_accounts account where account.id = a.account_id and ${accountScope("account")}))
     order by a.id desc limit :limit::integer`,
    { ...page, ...scope },
  );
