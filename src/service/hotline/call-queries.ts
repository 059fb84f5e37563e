/** SQL of calls as people read and finish them. */
import { accountScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Reach } from "./call-back-queries.ts";
import type { CallOutcome, CallState, FinishedBy } from "./call-fold.ts";

export const WRAP_UP_CODES = [
  "answered-no-case",
  "case",
  "joined-incident",
  "joined-case",
  "other-company",
  "wrong-number",
  "silent",
] as const;
export type WrapUpCode = (typeof WRAP_UP_CODES)[number];

export type CallRow = {
  readonly id: bigint;
  readonly provider: string;
  readonly direction: "inbound" | "outbound";
  readonly number: string | null;
  readonly line: string | null;
  readonly extension: string | null;
  readonly agentId: bigint | null;
  readonly agent: string | null;
  readonly state: CallState;
  readonly outcome: CallOutcome | null;
  readonly beganAt: Date;
  readonly queuedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly finishedAt: Date | null;
  readonly finishedBy: FinishedBy;
  readonly recording: string | null;
  readonly accountId: bigint | null;
  readonly accountNo: string | null;
  readonly buildingId: bigint | null;
  readonly addressText: string;
  readonly wrapUp: WrapUpCode | null;
  readonly wrapUpNote: string;
  readonly wrappedAt: Date | null;
  readonly ticketId: bigint | null;
  readonly incidentId: bigint | null;
  readonly callBackId: bigint | null;
};

const COLUMNS = `c.id, c.provider, c.direction, c.number, c.line_code as line, c.extension, c.agent_id as "agentId",
  agent.display_name as agent, c.state, c.outcome, c.began_at as "beganAt", c.queued_at as "queuedAt",
  c.answered_at as "answeredAt", c.finished_at as "finishedAt", c.finished_by as "finishedBy", c.recording, c.account_id as "accountId",
  account.account_no as "accountNo", c.building_id as "buildingId", c.address_text as "addressText",
  c.wrap_up as "wrapUp", c.wrap_up_note as "wrapUpNote", c.wrapped_at as "wrappedAt", c.ticket_id as "ticketId",
  c.incident_id as "incidentId", c.call_back_id as "callBackId"`;
const FROM = `from calls c left join heat_accounts account on account.id = c.account_id
  left join staff_members agent on agent.id = c.agent_id`;

/** Whose call it was; of a household or a building in scope; of none for those who see everything. */
export const VISIBLE_CALL = `(c.agent_id = :staffId::bigint or :scopeKind::text = 'everything'
  or (account.id is not null and ${accountScope("account")})
  or (:scopeKind::text = 'areas' and c.account_id is null and exists (
    select 1 from service_area_buildings served where served.building_id = c.building_id
      and served.valid @> :scopeDay::date and served.area_id = any(:scopeIds::bigint[]))))`;

export const findVisibleCall = (sql: Sql, query: Reach & { id: bigint }) =>
  sql.maybeOne<CallRow>(`select ${COLUMNS} ${FROM} where c.id = :id and ${VISIBLE_CALL}`, query);

export const lockVisibleCall = (sql: Sql, query: Reach & { id: bigint }) =>
  sql.maybeOne<CallRow>(
    `select ${COLUMNS} ${FROM} where c.id = :id and ${VISIBLE_CALL} for update of c`,
    query,
  );

/** An agent's calls that are on, or were answered since `since` and are not written down yet; the youngest first. */
export const findCallsAtWork = (sql: Sql, query: { staffId: bigint; since: Date }) =>
  sql.rows<CallRow>(
    `select ${COLUMNS} ${FROM}
     where c.agent_id = :staffId and c.began_at >= :since and c.wrapped_at is null
       and (c.finished_at is null or c.outcome = 'answered')
     order by c.began_at desc, c.id desc limit 20`,
    query,
  );

/** When the exchange last told anything of it. */
export const findLastWord = (sql: Sql, id: bigint) =>
  sql.one<{ provider: string; providerCallId: string; lastAt: Date }>(
    `select c.provider, c.provider_call_id as "providerCallId", max(e.occurred_at) as "lastAt"
     from calls c join call_events e on e.provider = c.provider and e.provider_call_id = c.provider_call_id
     where c.id = :id and e.event_id not like 'nuan/%' group by c.id`,
    { id },
  );

export const setPlace = (
  sql: Sql,
  change: { id: bigint; accountId: bigint | null; buildingId: bigint | null; addressText: string },
) =>
  sql.run(
    `update calls set account_id = :accountId::bigint, building_id = :buildingId::bigint, address_text = :addressText,
       version = version + 1 where id = :id`,
    change,
  );

export const setWrapUp = (
  sql: Sql,
  change: {
    id: bigint;
    code: WrapUpCode;
    note: string;
    ticketId: bigint | null;
    incidentId: bigint | null;
    otherCompanyId: bigint | null;
    now: Date;
    staffId: bigint | null;
  },
) =>
  sql.run(
    `update calls set wrap_up = :code, wrap_up_note = :note, ticket_id = coalesce(:ticketId::bigint, ticket_id),
       incident_id = coalesce(:incidentId::bigint, incident_id),
       other_company_id = coalesce(:otherCompanyId::bigint, other_company_id),
       wrapped_at = coalesce(wrapped_at, :now), wrapped_by = coalesce(wrapped_by, :staffId::bigint),
       version = version + 1
     where id = :id`,
    change,
  );

export type LogFilter = {
  readonly from: Date;
  readonly until: Date;
  readonly direction: "inbound" | "outbound" | null;
  readonly number: string | null;
  readonly accountId: bigint | null;
  readonly agentId: bigint | null;
  readonly line: string | null;
  readonly outcome: CallOutcome | null;
  readonly wrapUp: WrapUpCode | null;
  readonly ticketId: bigint | null;
  readonly incidentId: bigint | null;
};

/** The youngest first. */
export const searchCalls = (
  sql: Sql,
  query: Reach & LogFilter & { beforeAt: string | null; beforeId: bigint | null; limit: number },
) =>
  sql.rows<CallRow>(
    `select ${COLUMNS} ${FROM}
     where c.began_at >= :from and c.began_at < :until and ${VISIBLE_CALL}
       and (:direction::text is null or c.direction = :direction::text)
       and (:number::text is null or c.number = :number::text)
       and (:accountId::bigint is null or c.account_id = :accountId::bigint)
       and (:agentId::bigint is null or c.agent_id = :agentId::bigint)
       and (:line::text is null or c.line_code = :line::text)
       and (:outcome::text is null or c.outcome = :outcome::text)
       and (:wrapUp::text is null or c.wrap_up = :wrapUp::text)
       and (:ticketId::bigint is null or c.ticket_id = :ticketId::bigint)
       and (:incidentId::bigint is null or c.incident_id = :incidentId::bigint)
       and (:beforeAt::timestamptz is null or (c.began_at, c.id) < (:beforeAt::timestamptz, :beforeId::bigint))
     order by c.began_at desc, c.id desc limit :limit::integer`,
    query,
  );
