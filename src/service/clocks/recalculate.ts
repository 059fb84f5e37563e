/**
 * Clocks counted anew: when the category of a case changes, and when somebody has changed a rule, a calendar, a season or
 * the holidays and asks for it. Nothing is counted anew by itself: what people were promised changes by a person's word.
 */
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { CaseFacts } from "./choose-rule.ts";
import { type ClockStart, startClocks } from "./clocks.ts";
import { cancelOpen, type ClockRow, findPauses, lockOpenClocks } from "./queries.ts";
import { insertChanges, OPEN_CLOCKS_AFTER, recountClocks } from "./recalculation-queries.ts";
import { type CountedClock, countClock, loadRuleBook, type RuleBook, ruleSeasonAt } from "./rule-book.ts";
import { findStationOwner } from "./rule-queries.ts";
import type { CountedKind, Severity, StationOwner } from "./schema.ts";

/** A counted clock that is still open, as both ways below read it. */
type OpenClock = Pick<
  ClockRow,
  | "id"
  | "state"
  | "ruleId"
  | "calendarStamp"
  | "category"
  | "severity"
  | "stationId"
  | "stationOwner"
  | "startedAt"
  | "dueAt"
> & { readonly kind: CountedKind };

type NewFacts = {
  readonly category: string;
  readonly severity: Severity;
  readonly stationId: bigint | null;
  readonly stationOwner: StationOwner | null;
};

const isSame = (clock: OpenClock, counted: CountedClock, facts: NewFacts): boolean =>
  clock.ruleId === counted.ruleId &&
  clock.calendarStamp === counted.calendarStamp &&
  clock.dueAt.getTime() === counted.dueAt.getTime() &&
  clock.category === facts.category &&
  clock.severity === facts.severity &&
  clock.stationId === facts.stationId &&
  clock.stationOwner === facts.stationOwner;

type Recounted = { readonly changed: number; readonly cancelled: number };

/** Counts these clocks by the book; writes what differs, cancels what has no rule any more, and keeps why. */
const recount = async (
  context: CommandContext,
  book: RuleBook,
  clocks: readonly OpenClock[],
  how: {
    readonly cause: "recalculated" | "reclassified";
    readonly reason: string;
    readonly facts?: NewFacts;
  },
): Promise<Recounted> => {
  const { sql, now } = context;
  const staffId = staffIdOf(context.actor);
  const pauses = await findPauses(
    sql,
    clocks.map((clock) => clock.id),
  );
  const changes: { clockId: bigint; fromDueAt: Date; toDueAt: Date | null; ruleId: bigint | null }[] = [];
  const rows: (CountedClock & NewFacts & { id: bigint })[] = [];
  const ended: bigint[] = [];
  for (const clock of clocks) {
    const own: NewFacts = how.facts ?? {
      category: clock.category ?? "",
      severity: clock.severity ?? "ordinary",
      stationId: clock.stationId,
      stationOwner: clock.stationOwner,
    };
    const facts: CaseFacts = { ...own, season: ruleSeasonAt(book, clock.startedAt) };
    const mine = pauses.filter((pause) => pause.clockId === clock.id);
    // A clock that stands still keeps the due time it had when it was paused: as if its last pause had not begun.
    const counting = clock.state === "paused" ? mine.filter((pause) => pause.resumedAt !== null) : mine;
    const counted = countClock(book, clock.kind, facts, clock.startedAt, counting);
    if (counted === null) {
      ended.push(clock.id);
      changes.push({ clockId: clock.id, fromDueAt: clock.dueAt, toDueAt: null, ruleId: null });
    } else if (!isSame(clock, counted, own)) {
      rows.push({ ...counted, ...own, id: clock.id });
      changes.push({
        clockId: clock.id,
        fromDueAt: clock.dueAt,
        toDueAt: counted.dueAt,
        ruleId: counted.ruleId,
      });
    }
  }
  if (rows.length > 0) await recountClocks(sql, canonicalJson(rows));
  if (ended.length > 0) await cancelOpen(sql, { ids: ended, now, staffId });
  if (changes.length > 0) {
    const { cause, reason } = how;
    await insertChanges(sql, { cause, reason, changes: canonicalJson(changes), now, staffId });
  }
  return { changed: rows.length, cancelled: ended.length };
};

/**
 * The case is of another category, severity or station: its open clocks are counted anew from when they started, what
 * has no rule any more ends, and what has one now starts at `openedAt`. Given clocks stay as they are.
 */
export const reclassifyClocks = async (
  context: CommandContext,
  change: ClockStart & { readonly reason: string },
): Promise<Recounted> => {
  const { sql } = context;
  const stationOwner =
    change.stationOwner ??
    (change.stationId === null ? null : ((await findStationOwner(sql, change.stationId))?.owner ?? null));
  const open = (await lockOpenClocks(sql, change.ticketId)).filter((clock) => !clock.given) as (ClockRow &
    OpenClock)[];
  const book = await loadRuleBook(sql);
  const { category, severity, stationId, reason } = change;
  const facts = { category, severity, stationId, stationOwner };
  const recounted = await recount(context, book, open, { cause: "reclassified", reason, facts });
  await startClocks(context, { ...change, stationOwner });
  return recounted;
};

const CHUNK = 2000;

const findOpenAfter = (sql: Sql, afterId: bigint) =>
  sql.rows<OpenClock>(OPEN_CLOCKS_AFTER, { afterId, limit: CHUNK });

export type Recalculation = {
  readonly checked: number;
  readonly changed: number;
  readonly cancelled: number;
};

/**
 * Counts every open clock by the rules and calendars in force: chunks of 2,000, each a command with its audit row.
 * Repeating is safe: what is right already is left alone. Given clocks are not touched.
 */
export const recalculateClocks = async (
  platform: Platform,
  actor: Actor,
  options: { readonly reason: string; readonly requestId?: string | undefined },
): Promise<Recalculation> => {
  let sum: Recalculation = { checked: 0, changed: 0, cancelled: 0 };
  let afterId = 0n;
  for (;;) {
    const cursor = afterId;
    const { result } = await platform.commands.run(
      {
        name: "clocks.recalculate",
        actor,
        ...(options.requestId !== undefined && { requestId: options.requestId }),
      },
      async (context) => {
        const clocks = await findOpenAfter(context.sql, cursor);
        const last = clocks.at(-1);
        if (last === undefined) return null;
        const book = await loadRuleBook(context.sql);
        const recounted = await recount(context, book, clocks, {
          cause: "recalculated",
          reason: options.reason,
        });
        context.audit({
          subject: `clocks:${cursor}-${last.id}`,
          details: { reason: options.reason, checked: clocks.length, ...recounted },
        });
        return { lastId: last.id, checked: clocks.length, ...recounted };
      },
    );
    if (result === null) return sum;
    sum = {
      checked: sum.checked + result.checked,
      changed: sum.changed + result.changed,
      cancelled: sum.cancelled + result.cancelled,
    };
    afterId = result.lastId;
  }
};
