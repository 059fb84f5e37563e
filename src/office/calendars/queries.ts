/** All SQL on heating seasons and calendars. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Season } from "./seasons.ts";
import type { CalendarException } from "./working-days.ts";

const SEASON_COLUMNS = `
  id, starts_on as "startsOn", ends_on as "endsOn", bills_open_on as "billsOpenOn",
  payment_window_ends_on as "paymentWindowEndsOn"`;

const oneSeason = `select ${SEASON_COLUMNS} from heating_seasons where id = :id`;
const allSeasons = `select ${SEASON_COLUMNS} from heating_seasons order by id`;

/** Null when there is no such season, also for a number that cannot be one. */
export const findSeason = async (sql: Sql, id: number): Promise<Season | null> =>
  Number.isInteger(id) && id >= 1990 && id <= 2100 ? sql.maybeOne<Season>(oneSeason, { id }) : null;

/** All seasons, the oldest first. */
export const findSeasons = (sql: Sql): Promise<Season[]> => sql.rows<Season>(allSeasons);

const addSeason = `
  insert into heating_seasons (id, starts_on, ends_on, bills_open_on, payment_window_ends_on)
  values (:id, :startsOn, :endsOn, :billsOpenOn, :paymentWindowEndsOn)
  on conflict (id) do nothing`;

export const insertSeason = (sql: Sql, season: Season): Promise<number> => sql.run(addSeason, season);

const exceptionsOf = `
  select day, working from calendar_exceptions where calendar = :calendar order by day`;

export const findExceptions = (sql: Sql, calendar: "company" | "bank"): Promise<CalendarException[]> =>
  sql.rows<CalendarException>(exceptionsOf, { calendar });

const addException = `
  insert into calendar_exceptions (calendar, day, working, name, document)
  values (:calendar, :day, :working, :name, :document)
  on conflict (calendar, day) do update
    set working = excluded.working, name = excluded.name, document = excluded.document`;

export const upsertException = (
  sql: Sql,
  row: {
    calendar: "company" | "bank";
    day: Day;
    working: boolean;
    name: string;
    document: string;
  },
): Promise<number> => sql.run(addException, row);

export type HolidayRow = CalendarException & { readonly name: string; readonly document: string };
const exceptionsOfYear = `
  select day, working, name, document from calendar_exceptions
  where calendar = 'company' and day >= make_date(:year::int, 1, 1) and day < make_date(:year::int + 1, 1, 1)
  order by day`;
/** The company's holidays and make-up days of a year, with the notice that orders them. */
export const findHolidays = (sql: Sql, year: number) => sql.rows<HolidayRow>(exceptionsOfYear, { year });
