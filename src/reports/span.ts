/** What every report is asked for: days, whose homes, and what narrows it; turned into bindings of its statements. */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import { billingSeasonOf, findSeasons, type Season } from "#src/office/calendars/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import { findAreasBelow } from "./area-queries.ts";

export type Narrowing = {
  /** `NOBODY`: buildings that nobody serves. */
  readonly area?: bigint | undefined;
  readonly channel?: string | undefined;
  readonly category?: string | undefined;
  readonly authority?: string | undefined;
  readonly station?: bigint | undefined;
  readonly class?: string | undefined;
  /** `NOBODY`: nobody manages. */
  readonly staff?: bigint | undefined;
  /** Without what lies below the area. */
  readonly alone?: "yes" | undefined;
  /** Another than the one whose bills are open on the last day. */
  readonly season?: number | undefined;
};

/** As an area or a person: the one that is not there. */
export const NOBODY = 0n;

export type Span = Awaited<ReturnType<typeof spanOf>>;

/**
 * The bindings of a report's statements. Days are of the business calendar, `from` to `to` both included; what lies after now is not
 * told. Whoever is bound to areas sees what they serve today.
 */
export const spanOf = async (
  sql: Sql,
  actor: Actor,
  asked: { readonly from: Day; readonly to: Day; readonly today: Day; readonly now: Date },
  narrowing: Narrowing = {},
) => {
  const seasons = await findSeasons(sql);
  const season =
    narrowing.season === undefined
      ? billingSeasonOf(seasons, asked.to)
      : seasons.find(({ id }) => id === narrowing.season);
  const end = instantOfDay(addDays(asked.to, 1));
  return {
    ...reachOf(actor, asked.today),
    fromDay: asked.from,
    toDay: asked.to,
    from: instantOfDay(asked.from),
    to: end,
    cut: asked.now < end ? asked.now : end,
    season: season?.id ?? 0,
    seasonFrom: earlier(season?.billsOpenOn, asked.from),
    inAreas: await areasOf(sql, narrowing),
    channel: narrowing.channel ?? null,
    category: narrowing.category ?? null,
    authority: narrowing.authority ?? null,
    station: narrowing.station ?? null,
    class: narrowing.class ?? null,
    staff: narrowing.staff ?? null,
  };
};

const earlier = (opened: Day | undefined, from: Day): Day =>
  opened === undefined || opened > from ? from : opened;

const areasOf = async (sql: Sql, { area, alone }: Narrowing): Promise<readonly bigint[] | null> => {
  if (area === undefined) return null;
  return area === NOBODY || alone === "yes" ? [area] : findAreasBelow(sql, area);
};

/** The same number of days after the bills of the season before opened, for that season; null when there was none. */
export const lastSeasonSpan = async (sql: Sql, span: Span): Promise<Span | null> => {
  const seasons = await findSeasons(sql);
  const season = seasons.find(({ id }) => id === span.season);
  const before = seasons.find(({ id }) => id === span.season - 1);
  if (season === undefined || before === undefined) return null;
  const move = (day: Day): Day => sameDayOf(season, before, day);
  const to = move(span.toDay);
  const end = instantOfDay(addDays(to, 1));
  return {
    ...span,
    season: before.id,
    seasonFrom: earlier(before.billsOpenOn, move(span.fromDay)),
    fromDay: move(span.fromDay),
    toDay: to,
    from: instantOfDay(move(span.fromDay)),
    to: end,
    cut: end,
  };
};

const epoch = (day: Day): number => instantOfDay(day).getTime() / 86_400_000;
const sameDayOf = (season: Season, before: Season, day: Day): Day =>
  addDays(before.billsOpenOn, Math.round(epoch(day) - epoch(season.billsOpenOn)));
