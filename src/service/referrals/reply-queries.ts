/** SQL on drafts of replies, extensions and what a reply is composed from. */
import type { Sql } from "#src/platform/sql.ts";

export type Reply = {
  readonly id: bigint;
  readonly referralId: bigint;
  readonly text: string;
  readonly textSha256: Buffer;
  readonly composed: boolean;
  readonly draftedAt: Date;
  readonly draftedBy: bigint | null;
  readonly draftedByName: string | null;
  readonly approvalId: bigint | null;
  readonly approvalState: string | null;
  readonly signedByOne: string | null;
  readonly signedByTwo: string | null;
  readonly signedAt: Date | null;
};
const REPLY = `reply.id, reply.referral_id as "referralId", reply.text, reply.text_sha256 as "textSha256", reply.composed,
  reply.drafted_at as "draftedAt", reply.drafted_by as "draftedBy", drafter.display_name as "draftedByName",
  reply.approval_id as "approvalId", approval.state as "approvalState", one.display_name as "signedByOne",
  two.display_name as "signedByTwo", reply.signed_at as "signedAt"`;
const REPLY_FROM = `from referral_replies reply left join staff_members drafter on drafter.id = reply.drafted_by
  left join approvals approval on approval.id = reply.approval_id
  left join staff_members one on one.id = reply.signed_by_one
  left join staff_members two on two.id = reply.signed_by_two`;

const addReply = `
  insert into referral_replies (referral_id, text, text_sha256, composed, drafted_at, drafted_by)
  values (:referralId, :text, :textSha256, :composed, :now, :by) returning id`;
export const insertReply = (
  sql: Sql,
  row: {
    referralId: bigint;
    text: string;
    textSha256: Uint8Array;
    composed: boolean;
    now: Date;
    by: bigint | null;
  },
) => sql.one<{ id: bigint }>(addReply, row);

const repliesOf = `select ${REPLY} ${REPLY_FROM} where reply.referral_id = :referralId order by reply.id`;
export const findReplies = (sql: Sql, referralId: bigint) => sql.rows<Reply>(repliesOf, { referralId });

const latest = `
  select ${REPLY} ${REPLY_FROM} where reply.referral_id = :referralId order by reply.id desc limit 1`;
export const findLatestReply = (sql: Sql, referralId: bigint) => sql.maybeOne<Reply>(latest, { referralId });

const setApproval = `update referral_replies set approval_id = :approvalId where id = :id`;
export const setReplyApproval = (sql: Sql, row: { id: bigint; approvalId: bigint }) =>
  sql.run(setApproval, row);

const setSigned = `
  update referral_replies set signed_by_one = :one, signed_by_two = :two, signed_at = :now where id = :id`;
export const signReply = (sql: Sql, row: { id: bigint; one: bigint; two: bigint; now: Date }) =>
  sql.run(setSigned, row);

const askExtension = `
  insert into referral_extensions as known (referral_id, reason, asked_due_at, asked_at, asked_by, approval_id, due_before)
  values (:referralId, :reason, :askedDueAt, :now, :by, :approvalId, :dueBefore)
  on conflict (referral_id) do update set reason = excluded.reason, asked_due_at = excluded.asked_due_at,
    asked_at = excluded.asked_at, asked_by = excluded.asked_by, approval_id = excluded.approval_id,
    due_before = excluded.due_before
    where known.granted_at is null
      and (select state from approvals where id = known.approval_id) in ('refused', 'withdrawn')
  returning known.referral_id`;
/** Null when one was granted, or waits for its second person. */
export const insertExtension = (
  sql: Sql,
  row: {
    referralId: bigint;
    reason: string;
    askedDueAt: Date;
    now: Date;
    by: bigint | null;
    approvalId: bigint;
    dueBefore: Date;
  },
) => sql.maybeOne<{ referral_id: bigint }>(askExtension, row);

export type Extension = {
  readonly approvalId: bigint;
  readonly approvalState: string;
  readonly reason: string;
  readonly askedDueAt: Date;
  readonly dueBefore: Date;
  readonly grantedDueAt: Date | null;
  readonly grantedAt: Date | null;
};
const extensionOf = `
  select asked.approval_id as "approvalId", approval.state as "approvalState", asked.reason, asked.asked_due_at as "askedDueAt",
    asked.due_before as "dueBefore", asked.granted_due_at as "grantedDueAt", asked.granted_at as "grantedAt"
  from referral_extensions asked join approvals approval on approval.id = asked.approval_id
  where asked.referral_id = :referralId`;
export const findExtension = (sql: Sql, referralId: bigint) =>
  sql.maybeOne<Extension>(extensionOf, { referralId });

const grant = `
  update referral_extensions set granted_due_at = :dueAt, granted_at = :now
  where referral_id = :referralId and granted_at is null returning referral_id`;
/** Null when it was granted before. */
export const grantExtensionRow = (sql: Sql, row: { referralId: bigint; dueAt: Date; now: Date }) =>
  sql.maybeOne<{ referral_id: bigint }>(grant, row);

// Notes are for ourselves; what was done for the citizen, and what was said to him, is for the authority. Of a case that his was
// merged into, what was done there is his as well; what others were told there is not.
const steps = `
  with came as (
    select from_ticket_id as id, row_number() over (order by id) as n
    from referral_moves where referral_id = :referralId and moved_back_at is null
  ), own as (
    select coalesce((select id from came where n = 1), :ticketId::bigint) as id
  )
  select entry.entered_at as "at", entry.kind, entry.text, entry.text_en as "textEn", entry.details
  from ticket_entries entry cross join own
  where (entry.ticket_id = :ticketId or entry.ticket_id in (select id from came))
    and entry.entered_at >= :since and entry.text <> ''
    and (entry.kind in ('visit', 'order', 'incident')
      or (entry.kind in ('call', 'message', 'return-visit') and entry.ticket_id = own.id)
      or (entry.kind = 'state' and entry.details ->> 'command' in ('resolve', 'close')))
  order by entry.id limit 200`;
export type TimelineStep = {
  readonly at: Date;
  readonly kind: string;
  readonly text: string;
  /** Empty where a person wrote. */
  readonly textEn: string;
  readonly details: Record<string, unknown>;
};
export const findSteps = (sql: Sql, row: { referralId: bigint; ticketId: bigint; since: Date }) =>
  sql.rows<TimelineStep>(steps, row);
