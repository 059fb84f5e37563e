/** All SQL of the telephone: callbacks as they came, calls that go out, and what was only recorded. */
import type { Sql } from "#src/platform/sql.ts";
import type { VoiceLanguage } from "./port.ts";

const addCallback = `
  insert into provider_callbacks (provider, event_id, body, received_at)
  values (:provider, :eventId, :body::jsonb, :now) on conflict (provider, event_id) do nothing`;
/** True when it is the first of its id: then, and only then, something is made of it. */
export const storeCallback = async (
  sql: Sql,
  row: { provider: "twilio-voice" | "pbx"; eventId: string; body: string; now: Date },
): Promise<boolean> => (await sql.run(addCallback, row)) === 1;

export const OUTCOMES = [
  "acknowledged",
  "delivered",
  "not-acknowledged",
  "busy",
  "unanswered",
  "refused",
  "unknown",
  "recorded",
] as const;
export type CallOutcome = (typeof OUTCOMES)[number];
export type OutgoingState = "wanted" | "calling" | "placed" | "ringing" | "answered" | "settled";

export type OutgoingCall = {
  readonly id: bigint;
  readonly purpose: string;
  readonly about: string;
  readonly toNumber: string;
  readonly language: VoiceLanguage;
  readonly words: readonly string[];
  readonly expectedKey: string | null;
  readonly ringSeconds: number;
  readonly state: OutgoingState;
  readonly outcome: CallOutcome | null;
  readonly provider: string | null;
  readonly providerCallId: string | null;
  readonly fence: number;
  readonly wantedAt: Date;
  readonly settledAt: Date | null;
};

const COLUMNS = `id, purpose, about, to_number as "toNumber", language, words, expected_key as "expectedKey",
  ring_seconds as "ringSeconds", state, outcome, provider, provider_call_id as "providerCallId", fence,
  wanted_at as "wantedAt", settled_at as "settledAt"`;

const addCall = `
  insert into outgoing_calls (unique_key, purpose, about, to_number, language, words, expected_key, ring_seconds, wanted_at)
  values (:uniqueKey, :purpose, :about, :toNumber, :language, :words::text[], :expectedKey, :ringSeconds, :now)
  on conflict (unique_key) do nothing returning id`;
export const insertCall = (
  sql: Sql,
  row: {
    uniqueKey: string;
    purpose: string;
    about: string;
    toNumber: string;
    language: VoiceLanguage;
    words: readonly string[];
    expectedKey: string | null;
    ringSeconds: number;
    now: Date;
  },
) => sql.maybeOne<{ id: bigint }>(addCall, row);

const callByKey = `select id from outgoing_calls where unique_key = :uniqueKey`;
export const findCallByKey = (sql: Sql, uniqueKey: string) =>
  sql.one<{ id: bigint }>(callByKey, { uniqueKey });

const callById = `select ${COLUMNS} from outgoing_calls where id = :id`;
export const findOutgoingCall = (sql: Sql, id: bigint): Promise<OutgoingCall | null> =>
  sql.maybeOne<OutgoingCall>(callById, { id });

const lockedCall = `select ${COLUMNS} from outgoing_calls where id = :id for update`;
export const lockOutgoingCall = (sql: Sql, id: bigint): Promise<OutgoingCall | null> =>
  sql.maybeOne<OutgoingCall>(lockedCall, { id });

const claimCall = `
  update outgoing_calls set state = 'calling', fence = fence + 1, lease_until = now() + interval '60 seconds'
  where id = (select id from outgoing_calls where state = 'wanted' order by wanted_at, id limit 1 for update skip locked)
  returning ${COLUMNS}`;
/** The next call to place, now ours: committed before anybody dials. */
export const claimNextCall = (sql: Sql): Promise<OutgoingCall | null> =>
  sql.maybeOne<OutgoingCall>(claimCall);

const waiting = `select count(*)::integer as count from outgoing_calls where state in ('wanted', 'calling')`;
/** Calls that were asked for and that nobody has dialled yet. */
export const countWaitingCalls = async (sql: Sql): Promise<number> =>
  (await sql.one<{ count: number }>(waiting)).count;

const diallerDied = `
  select id from outgoing_calls where state = 'calling' and lease_until < now() order by id limit 100`;
export const callsWhoseDiallerDied = (sql: Sql) => sql.rows<{ id: bigint }>(diallerDied);

const withoutResult = `
  select id from outgoing_calls
  where state in ('placed', 'ringing', 'answered') and placed_at < :before order by id limit 100`;
/** Placed long ago, and the provider never said how it ended: callbacks can be lost. */
export const callsWithoutResult = (sql: Sql, before: Date) =>
  sql.rows<{ id: bigint }>(withoutResult, { before });

const recordPlaced = `
  update outgoing_calls set state = case state when 'calling' then 'placed' else state end, provider = :provider,
    provider_call_id = :providerCallId, placed_at = :now
  where id = :id and fence = :fence and provider_call_id is null`;
/** A report may have overtaken the provider's answer: its state stays. */
export const markPlaced = (
  sql: Sql,
  row: { id: bigint; fence: number; provider: string; providerCallId: string; now: Date },
) => sql.run(recordPlaced, row);

const recordProgress = `
  update outgoing_calls set state = :state where id = :id and state = any(:from::text[])`;
export const markProgress = (
  sql: Sql,
  row: { id: bigint; state: "ringing" | "answered"; from: readonly OutgoingState[] },
) => sql.run(recordProgress, row);

const settle = `
  update outgoing_calls set state = 'settled', outcome = :outcome, settled_at = :now, lease_until = null
  where id = :id and state <> 'settled'`;
export const markSettled = (sql: Sql, row: { id: bigint; outcome: CallOutcome; now: Date }) =>
  sql.run(settle, row);

const raise = `update outgoing_calls set outcome = :outcome where id = :id and state = 'settled'`;
export const raiseOutcome = (sql: Sql, id: bigint, outcome: CallOutcome) => sql.run(raise, { id, outcome });

const addRecord = `
  insert into recorded_telephony (command, details, recorded_at) values (:command, :details::jsonb, :now) returning id`;
export const insertRecord = (
  sql: Sql,
  row: { command: "place-call" | "play-and-gather" | "end-call"; details: string; now: Date },
) => sql.one<{ id: bigint }>(addRecord, row);

const latestRecords = `
  select id, command, details, recorded_at as "recordedAt" from recorded_telephony
  where :beforeId::bigint is null or id < :beforeId::bigint order by id desc limit :limit::integer`;
export const findRecords = (sql: Sql, query: { beforeId: bigint | null; limit: number }) =>
  sql.rows<{ id: bigint; command: string; details: unknown; recordedAt: Date }>(latestRecords, query);

const oldCallbacks = `
  delete from provider_callbacks where ctid = any(array(
    select ctid from provider_callbacks where received_at < :before limit :limit for update skip locked))`;
export const removeCallbacks = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.run(oldCallbacks, query);

const oldNumbers = `
  update outgoing_calls set to_number = '' where ctid = any(array(
    select ctid from outgoing_calls where settled_at < :before and to_number <> '' limit :limit for update skip locked))`;
export const removeDialledNumbers = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.run(oldNumbers, query);
