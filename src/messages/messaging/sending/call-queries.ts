/** SQL of calling: the step that is committed before a provider is called, and what its answers leave. */
import type { Sql } from "#src/platform/sql.ts";

export type ClaimStep = {
  readonly id: bigint;
  readonly state: "calling" | "skipped" | "queued" | "rejected";
  readonly reason: string;
  /** Of what is put off. */
  readonly until: Date | null;
  readonly address: string;
  readonly templateVersion: string;
};

/** A message that a report overtook, that another claim has, or that a person cancelled is not there any more. */
const step = `
  update messages m set state = step.state, reason = step.reason, not_before = coalesce(step.until, m.not_before),
    address = step.address, template_version = step.version, provider = :provider, changed_at = :now,
    attempts = case when step.state = 'calling' then m.attempts + 1 else m.attempts end,
    called_at = case when step.state = 'calling' then :now::timestamptz else m.called_at end,
    settled_at = case when step.state in ('skipped', 'rejected') then :now::timestamptz end,
    lease_until = case when step.state = 'calling' then now() + :leaseMs * interval '1 millisecond' end
  from unnest(:ids::bigint[], :states::text[], :reasons::text[], :untils::timestamptz[], :addresses::text[],
    :versions::text[]) step (id, state, reason, until, address, version)
  where m.id = step.id and m.state = 'claimed' and m.fence = :fence
    and not (step.state = 'calling' and (select sending_held from database_facts))
  returning m.id, m.state, m.reason, m.purpose`;

/** A row that this claim really moved: of what another has by now nothing is said. */
export type Moved = {
  readonly id: bigint;
  readonly state: string;
  readonly reason: string;
  readonly purpose: string;
};

/** In one order, whoever locks them: reports are applied in it too. */
const inOrder = <Row extends { readonly id: bigint }>(rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Answers what became of them; those in `calling` may be called once this is committed. */
export const stepClaimed = async (
  sql: Sql,
  row: {
    steps: readonly ClaimStep[];
    provider: string;
    fence: number;
    now: Date;
    leaseMs: number;
  },
): Promise<Moved[]> => {
  const { steps: unordered, ...rest } = row;
  const steps = inOrder(unordered);
  return sql.rows<Moved>(step, {
    ...rest,
    ids: steps.map((one) => one.id),
    states: steps.map((one) => one.state),
    reasons: steps.map((one) => one.reason),
    untils: steps.map((one) => one.until),
    addresses: steps.map((one) => one.address),
    versions: steps.map((one) => one.templateVersion),
  });
};

/** A message about several homes, and which of them it does not name; none, as a rule. */
export type LeftOut = {
  readonly id: bigint;
  readonly homes: readonly { readonly ordinal: number; readonly reason: string }[];
};

// Also those that an earlier claim left out and this one names: it may not have been called then, or was sent again.
const leaveOut = `
  update message_homes h set left_out = read.reason
  from (
    select home.message_id, home.ordinal, coalesce(gone.reason, '') as reason
    from message_homes home left join unnest(:ids::bigint[], :ordinals::smallint[], :reasons::text[]) gone (id, ordinal, reason)
      on gone.id = home.message_id and gone.ordinal = home.ordinal
    where home.message_id = any(:messageIds::bigint[]) and home.left_out <> coalesce(gone.reason, '')) read
  where h.message_id = read.message_id and h.ordinal = read.ordinal
    and exists (select 1 from messages m where m.id = h.message_id and m.state = 'claimed' and m.fence = :fence)`;
/** Writes down which homes these messages name, as it was read just now. */
export const leaveOutHomes = (sql: Sql, fence: number, messages: readonly LeftOut[]) => {
  const gone = messages.flatMap(({ id, homes }) => homes.map((home) => ({ id, ...home })));
  return sql.run(leaveOut, {
    fence,
    messageIds: messages.map((one) => one.id),
    ids: gone.map((one) => one.id),
    ordinals: gone.map((one) => one.ordinal),
    reasons: gone.map((one) => one.reason),
  });
};

export type AnswerStep = {
  readonly id: bigint;
  readonly state: "accepted" | "rejected" | "unknown" | "queued" | "skipped";
  readonly reason: string;
  readonly until: Date | null;
  /** It was never called: no attempt. */
  readonly uncalled: boolean;
  readonly providerMessageId: string | null;
  readonly segments: number | null;
  readonly costMilliFen: bigint | null;
  readonly askAt: Date | null;
  readonly settled: boolean;
};

/**
 * `unknown` is a state of this claim too: the sweeper may have been faster, and now it is known. What a report has carried
 * further keeps its state and gets the rest.
 */
const answer = `
  with moved as (
  update messages m set
    state = case when m.state in ('calling', 'unknown') then a.state else m.state end,
    reason = case when m.state in ('calling', 'unknown') then a.reason else m.reason end,
    not_before = coalesce(a.until, m.not_before),
    attempts = case when a.uncalled then m.attempts - 1 else m.attempts end,
    called_at = case when a.uncalled then null else m.called_at end,
    provider_message_id = coalesce(m.provider_message_id, a.provider_message_id),
    segments = coalesce(m.segments, a.segments), cost_milli_fen = coalesce(m.cost_milli_fen, a.cost),
    lease_until = null, answered_at = :now, changed_at = :now,
    ask_at = case when m.state in ('calling', 'unknown') then a.ask_at else m.ask_at end, decide_since = null,
    settled_at = case when a.settled then coalesce(m.settled_at, :now) else m.settled_at end
  from unnest(:ids::bigint[], :states::text[], :reasons::text[], :untils::timestamptz[], :uncalled::boolean[],
    :providerIds::text[], :segments::smallint[], :costs::bigint[], :asks::timestamptz[], :settled::boolean[])
    a (id, state, reason, until, uncalled, provider_message_id, segments, cost, ask_at, settled)
  where m.id = a.id and m.fence = :fence
    and m.state in ('calling', 'unknown', 'accepted', 'delivered', 'undelivered', 'expired')
  returning m.id, m.state, m.reason, m.purpose)
  select * from moved where state in ('rejected', 'skipped')`;

/** Answers those that go no more by it. */
export const recordAnswers = (
  sql: Sql,
  row: { answers: readonly AnswerStep[]; fence: number; now: Date },
): Promise<Moved[]> => {
  const { answers: unordered, ...rest } = row;
  const answers = inOrder(unordered);
  return sql.rows<Moved>(answer, {
    ...rest,
    ids: answers.map((one) => one.id),
    states: answers.map((one) => one.state),
    reasons: answers.map((one) => one.reason),
    untils: answers.map((one) => one.until),
    uncalled: answers.map((one) => one.uncalled),
    providerIds: answers.map((one) => one.providerMessageId),
    segments: answers.map((one) => one.segments),
    costs: answers.map((one) => one.costMilliFen),
    asks: answers.map((one) => one.askAt),
    settled: answers.map((one) => one.settled),
  });
};
