/**
 * The write path. A command is one transaction: the idempotency key first, then the room's work, then its audit row,
 * its events and the stored answer, then commit. Nothing of it exists without the rest.
 */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { dayOfInstant, type Day } from "#src/kernel/day.ts";
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { Action } from "./actions.ts";
import type { Actor } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database.ts";
import type { EventType } from "./events.ts";
import { failpoint } from "./failpoint.ts";
import type { Bindings, Sql } from "./sql.ts";

export type AuditEntry = {
  /** `bill-run:12`, `account:4711`: what the change is about. */
  readonly subject: string;
  /** Before, after, reason: ids and figures, never names or numbers of people. */
  readonly details?: Readonly<Record<string, unknown>>;
};

export type OutboxEvent = {
  readonly type: EventType;
  readonly version?: number;
  readonly subject: string;
  /** Ids only. */
  readonly payload: Readonly<Record<string, unknown>>;
};

/** What a command gets: no gateway, no clock of its own, one instant. */
export type CommandContext = {
  readonly sql: Sql;
  readonly actor: Actor;
  readonly now: Date;
  readonly today: Day;
  /** 1, or more after a serialization failure: then what a room keeps in memory may be what was out of date. */
  readonly attempt: number;
  audit(entry: AuditEntry): void;
  emit(event: OutboxEvent): void;
  /**
   * A statement whose answer nobody needs: sent when the work is done, in one packet with the audit row, the events and
   * COMMIT, so that a hot command waits for the network once less and holds its locks for a shorter time. Its failure fails
   * the command.
   */
  atEnd(text: string, bindings: Bindings): void;
};

export type Idempotency = {
  /** Who the key belongs to: the same key of two callers is two keys. */
  readonly scope: string;
  readonly key: string;
  /** Digest of what was asked; the same key with another request is refused. */
  readonly requestHash: Uint8Array;
};

export type CommandOptions<Prefetched = undefined> = {
  readonly name: Action;
  /**
   * Reads that do not depend on the key: sent in the same flight as the key's claim, so that a hot command waits for
   * the network once less. What it returns is the second argument of the work.
   */
  readonly prefetch?: (sql: Sql, today: Day) => Promise<Prefetched>;
  readonly actor: Actor;
  readonly idempotency?: Idempotency;
  readonly requestId?: string;
  /** `bulk` runs on the pool for long work. */
  readonly pool?: "short" | "bulk";
};

export type CommandOutcome<T> = { readonly result: T; readonly replayed: boolean };

export type Commands = {
  /** `result` of a replay has been through JSON: bigint is text, Date is text. Commands with a key return JSON. */
  run<T, Prefetched = undefined>(
    options: CommandOptions<Prefetched>,
    work: (context: CommandContext, prefetched: Prefetched) => Promise<T>,
  ): Promise<CommandOutcome<T>>;
};

/** SHA-256 over a canonical text of the request: object keys sorted, bigint as text. */
export const hashRequest = (request: unknown): Uint8Array =>
  createHash("sha256").update(canonicalJson(request)).digest();

/** Object keys sorted, bigint as text, what JSON does not know left out: written by hand, because each request is digested. */
export const canonicalJson = (value: unknown): string => canonicalText(value) ?? "null";

const canonicalText = (value: unknown): string | undefined => {
  if (typeof value === "bigint") return `"${value}"`;
  if (value === null || typeof value !== "object" || value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((inner) => canonicalText(inner) ?? "null").join(",")}]`;
  let text = "";
  for (const key of Object.keys(value).sort()) {
    const inner = canonicalText((value as Record<string, unknown>)[key]);
    if (inner !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${inner}`;
  }
  return `{${text}}`;
};

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)) ??
  "null";

const MAX_TRIES = 4;
const RETRYABLE = new Set(["40001", "40P01"]);
const sqlState = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
};

class Replay extends Error {}

const claimKey = `
  insert into idempotency_keys (scope, key, request_hash, created_at) values (:scope, :key, :requestHash, :now)
  on conflict do nothing returning ctid as place`;

const storedAnswer = `
  select request_hash as "requestHash", response from idempotency_keys where scope = :scope and key = :key`;

/**
 * One statement for everything that a command leaves besides its business rows. The key's row is met where this transaction
 * put it: a plan by (scope, key) that was cached while the table was small would read the whole table for each command.
 */
const leaveTraces = `
  with audited as (
    insert into audit_events (occurred_at, actor_id, actor_kind, actor_name, command, subject, details, request_id)
    select :now, :actorId, :actorKind, :actorName, :command, entry ->> 'subject', entry -> 'details', :requestId
    from jsonb_array_elements(:audit::jsonb) entry
  ), announced as (
    insert into outbox_events (type, version, subject, occurred_at, payload)
    select event ->> 'type', (event ->> 'version')::smallint, event ->> 'subject', :now, event -> 'payload'
    from jsonb_array_elements(:events::jsonb) event
  )
  update idempotency_keys set response = :response::jsonb where ctid = :keyPlace::tid`;

const replay = async <T>(database: Database, idempotency: Idempotency): Promise<CommandOutcome<T>> => {
  const stored = await database.sql.maybeOne<{ requestHash: Buffer; response: T }>(storedAnswer, {
    scope: idempotency.scope,
    key: idempotency.key,
  });
  if (stored === null) {
    fail("request.in-flight", "the same request is being carried out", { remedy: "try again in a second" });
  }
  if (!stored.requestHash.equals(idempotency.requestHash)) {
    fail("request.key-reused", "this idempotency key was used with another request", {
      field: "Idempotency-Key",
      remedy: "use a new key for a new request",
    });
  }
  return { result: stored.response, replayed: true };
};

const runOnce = async <T, Prefetched>(
  database: Database,
  clock: Clock,
  options: CommandOptions<Prefetched>,
  work: (context: CommandContext, prefetched: Prefetched) => Promise<T>,
  attempt: number,
): Promise<T> => {
  const now = clock.now();
  const today = dayOfInstant(now);
  const { idempotency, actor } = options;
  const transaction = options.pool === "bulk" ? database.bulk : database.transaction;
  return transaction(async (sql, end) => {
    const claiming =
      idempotency === undefined
        ? undefined
        : sql.maybeOne<{ place: string }>(claimKey, { ...idempotency, now });
    const reading = options.prefetch?.(sql, today);
    // Both are awaited below; until then a failure of the second must not count as unhandled.
    reading?.catch(() => undefined);
    const claimed = await claiming;
    if (claimed === null) throw new Replay();
    const prefetched = (await reading) as Prefetched;
    const audit: AuditEntry[] = [];
    const events: OutboxEvent[] = [];
    const lastStatements: (readonly [string, Bindings])[] = [];
    const context: CommandContext = {
      sql,
      actor,
      now,
      today,
      attempt,
      audit: (entry) => void audit.push(entry),
      emit: (event) => void events.push(event),
      atEnd: (text, bindings) => void lastStatements.push([text, bindings]),
    };
    const result = await work(context, prefetched);
    if (audit.length > 0 || events.length > 0 || idempotency !== undefined || lastStatements.length > 0) {
      const written = lastStatements.map(([text, bindings]) => sql.run(text, bindings));
      const traces = sql.run(leaveTraces, {
        now,
        actorId: actor.id,
        actorKind: actor.kind,
        actorName: actor.name,
        command: options.name,
        requestId: options.requestId ?? null,
        audit: toJson(audit.map((entry) => ({ subject: entry.subject, details: entry.details ?? {} }))),
        events: toJson(events.map((event) => ({ version: 1, ...event }))),
        response: idempotency === undefined ? null : toJson(result),
        keyPlace: claimed?.place ?? null,
      });
      end.last(Promise.all([...written, traces]));
    }
    await failpoint("before-commit");
    return result;
  });
};

/**
 * The runner of commands. Serialization failures and deadlocks are tried again, four times in all, with jitter.
 * A lock not had within the pool's lock timeout is `request.in-flight` for a keyed request, else `database.busy`.
 */
export const createCommands = (database: Database, clock: Clock): Commands => ({
  run: async (options, work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await runOnce(database, clock, options, work, attempt);
        await failpoint("after-commit");
        return { result, replayed: false };
      } catch (error) {
        if (error instanceof Replay && options.idempotency !== undefined) {
          return replay(database, options.idempotency);
        }
        const state = sqlState(error);
        if (state === "55P03") {
          fail(
            options.idempotency === undefined ? "database.busy" : "request.in-flight",
            "somebody else is changing this",
            {
              remedy: "try again in a second",
            },
          );
        }
        if (
          error instanceof DomainError ||
          state === undefined ||
          !RETRYABLE.has(state) ||
          attempt >= MAX_TRIES
        ) {
          throw error;
        }
        await delay(5 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  },
});
