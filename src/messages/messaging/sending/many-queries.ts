/** SQL that queues many messages at once. */
import type { Sql } from "#src/platform/sql.ts";

export type ManyRow = {
  readonly newPurpose: string;
  readonly newChannel: string;
  readonly newStep: string;
  readonly newRegarding: string;
  readonly newConsent: string;
  readonly newTemplate: string;
  readonly newLocale: string;
  readonly newNotBefore: Date;
  readonly newExpiresAt: Date | null;
  readonly newPriority: number;
  readonly newQuietWordBy: bigint | null;
  readonly newQueuedAt: Date;
  readonly newQueuedBy: bigint | null;
};

/**
 * One message a recipient, with a row of `message_homes` for each home where there are several. A home that a recipient has
 * twice (owner and payer of one number) is one home. The ids of messages with several homes are looked up in one object: nothing
 * knows how many there are, and a join of the two was planned as a loop over all rows for each of them.
 */
const queueAsked = (select: string): string => `
  with told as (
    select distinct on (asked.recipient, asked.account_id, asked.label) asked.recipient, asked.person_id, asked.account_id,
      asked.label, asked.variables
    from (${select}) asked
    order by asked.recipient, asked.account_id, asked.label
  ), numbered as (
    select told.*, row_number() over (partition by recipient order by account_id, label) as n,
      count(*) over (partition by recipient) as homes
    from told
  ), queued as (
    insert into messages (purpose, channel, recipient, step, person_id, account_id, regarding, consent, template, locale,
      variables, not_before, expires_at, priority, quiet_word_by, queued_at, queued_by, changed_at, home_count)
    select :newPurpose, :newChannel, recipient, :newStep, person_id, account_id, :newRegarding, :newConsent, :newTemplate,
      :newLocale, variables || jsonb_build_object('homes', label, 'homeCount', 1), :newNotBefore::timestamptz,
      :newExpiresAt::timestamptz, :newPriority::smallint, :newQuietWordBy::bigint, :newQueuedAt::timestamptz,
      :newQueuedBy::bigint, :newQueuedAt::timestamptz, case when homes > 1 then homes else 0 end
    from numbered where n = 1
    on conflict (purpose, recipient, step) do nothing
    returning id, recipient, home_count
  ), named as (
    insert into message_homes (message_id, ordinal, account_id, person_id, label)
    select shared.message_id, shared.n, shared.account_id, shared.person_id, shared.label
    from (
      select numbered.*, ((select jsonb_object_agg(queued.recipient, queued.id) from queued where queued.home_count > 0)
        ->> numbered.recipient)::bigint as message_id
      from numbered where numbered.homes > 1) shared
    where shared.message_id is not null
  )
  select count(*)::integer as queued, coalesce(sum(greatest(home_count, 1)), 0)::integer as homes from queued`;

const compiled = new Map<string, string>();

/** `select` is SQL of the asking room, a constant of its queries file. */
export const insertMany = (
  sql: Sql,
  select: string,
  bindings: Readonly<Record<string, unknown>>,
  row: ManyRow,
): Promise<{ queued: number; homes: number }> => {
  const text = compiled.get(select) ?? queueAsked(select);
  compiled.set(select, text);
  return sql.one<{ queued: number; homes: number }>(text, { ...bindings, ...row });
};
