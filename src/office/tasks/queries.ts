/** All SQL of the tasks room. */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";

export type TaskState = "open" | "done" | "recalled";

/** Opens what is not there yet, in one statement for any number; answers the new ones and the ones found. */
export const insertTasks = (sql: Sql, batch: { tasks: string; now: Date }) =>
  sql.rows<{ id: bigint; kind: string; source: string }>(
    `insert into tasks (kind, source, title, details, results, account_id, area_id, owner_role, owner_id, due_at, created_at)
     select t.kind, t.source, t.title, t.details, t.results, t."accountId", t."areaId", t."ownerRole", t."ownerId", t."dueAt", :now
     from jsonb_to_recordset(:tasks::jsonb) t (ordinal integer, kind text, source text, title text, details jsonb,
       results text[], "accountId" bigint, "areaId" bigint, "ownerRole" text, "ownerId" bigint, "dueAt" timestamptz)
     order by t.ordinal
     on conflict (kind, source) do nothing
     returning id, kind, source`,
    batch,
  );

export const tasksBySource = (sql: Sql, sources: { kinds: readonly string[]; sources: readonly string[] }) =>
  sql.rows<{ id: bigint; kind: string; source: string }>(
    `select id, kind, source from tasks
     where (kind, source) in (select * from unnest(:kinds::text[], :sources::text[]))`,
    sources,
  );

export const recallOpen = (
  sql: Sql,
  recall: { kind: string; source: string; outcome: string; now: Date; closedBy: bigint | null },
) =>
  sql.maybeOne<{ id: bigint }>(
    `update tasks set state = 'recalled', outcome = :outcome, closed_at = :now, closed_by = :closedBy,
       version = version + 1
     where kind = :kind and source = :source and state = 'open' returning id`,
    recall,
  );

export const closeOpen = (
  sql: Sql,
  close: {
    id: bigint;
    version: number;
    outcome: string;
    result: string | null;
    now: Date;
    closedBy: bigint | null;
  },
) =>
  sql.run(
    `update tasks set state = 'done', outcome = :outcome, result = :result, closed_at = :now, closed_by = :closedBy,
       version = version + 1
     where id = :id and version = :version and state = 'open'`,
    close,
  );

export const giveOpen = (sql: Sql, given: { id: bigint; version: number; ownerId: bigint }) =>
  sql.run(
    `update tasks set owner_id = :ownerId, version = version + 1
     where id = :id and version = :version and state = 'open'`,
    given,
  );

/** Answers its kind; null when it is not open any more, or has to end with a fact that a person says. */
export const completeOpen = (
  sql: Sql,
  done: { id: bigint; outcome: string; now: Date; closedBy: bigint | null },
) =>
  sql.maybeOne<{ kind: string }>(
    `update tasks set state = 'done', outcome = :outcome, closed_at = :now, closed_by = :closedBy,
       version = version + 1
     where id = :id and state = 'open' and results = '{}' returning kind`,
    done,
  );

export type TaskRow = {
  readonly id: bigint;
  readonly kind: string;
  readonly source: string;
  readonly title: string;
  readonly details: unknown;
  readonly accountNo: string | null;
  readonly areaId: bigint | null;
  readonly ownerRole: string;
  readonly ownerId: bigint | null;
  readonly ownerLogin: string | null;
  readonly state: TaskState;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly outcome: string | null;
  readonly results: readonly string[];
  readonly result: string | null;
  readonly version: number;
};

const COLUMNS = `t.id, t.kind, t.source, t.title, t.details, a.account_no as "accountNo", t.area_id as "areaId",
  t.owner_role as "ownerRole", t.owner_id as "ownerId", owner.login as "ownerLogin", t.state, t.due_at as "dueAt",
  t.created_at as "createdAt", t.closed_at as "closedAt", t.outcome, t.results, t.result, t.version`;

const FROM = `from tasks t left join heat_accounts a on a.id = t.account_id
  left join staff_members owner on owner.id = t.owner_id`;

/** One's own; of an account in scope; of an area in scope; of neither for those who see everything. */
const VISIBLE = `(t.owner_id = :staffId::bigint or :scopeKind::text = 'everything'
  or (a.id is not null and ${accountScope("a")})
  or (:scopeKind::text = 'areas' and t.area_id = any(:scopeIds::bigint[])))`;

export type Reach = {
  staffId: bigint | null;
  scopeKind: string;
  scopeIds: readonly bigint[];
  scopeDay: string;
};

export const lockVisible = (sql: Sql, query: Reach & { id: bigint }) =>
  sql.maybeOne<TaskRow>(`select ${COLUMNS} ${FROM} where t.id = :id and ${VISIBLE} for update of t`, query);

/** What is due first stands first; without a date last; then in the order of opening. */
export const listVisible = (
  sql: Sql,
  query: Reach & {
    kind: string | null;
    notKind: string | null;
    state: TaskState;
    ownerRole: string | null;
    ownerId: bigint | null;
    /** What is the caller's in person, or of one of these roles and nobody's in person. */
    ownRoles: readonly string[] | null;
    afterDueAt: string | null;
    afterId: bigint;
    limit: number;
  },
) =>
  sql.rows<TaskRow>(
    `select ${COLUMNS} ${FROM}
     where t.state = :state and ${VISIBLE}
       and (:kind::text is null or t.kind = :kind::text)
       and (:notKind::text is null or t.kind <> :notKind::text)
       and (:ownerRole::text is null or t.owner_role = :ownerRole::text)
       and (:ownerId::bigint is null or t.owner_id = :ownerId::bigint)
       and (:ownRoles::text[] is null or t.owner_id = :staffId::bigint
         or (t.owner_id is null and t.owner_role = any(:ownRoles::text[])))
       and (coalesce(t.due_at, 'infinity'), t.id)
         > (coalesce(:afterDueAt::timestamptz, '-infinity'), :afterId::bigint)
     order by coalesce(t.due_at, 'infinity'), t.id limit :limit::integer`,
    query,
  );
