/**
 * Calendars (日历): heating seasons, working days and working time.
 *
 * - season (采暖季): named by the year in which it starts; heat flows from its first day up to, not including, its last date
 * - payment window (收费期): when the bills of a season are to be paid
 * - working day (工作日), make-up day (调休): Monday to Friday, corrected by the notices of each year
 * - working time (工作时间): named calendars in versions, with hours by weekday, season, holiday and make-up day
 * - contact hours (可联系时间), quiet hours (免打扰时段): the calendar outside of which nobody is called or written to unasked
 *
 * Billing days (计费天数) are not a matter of the calendar: they are an approved number, see tariffs.
 */
export { holidays2026, type PublicHoliday } from "./holidays-2026.ts";
export { findSeason, findSeasons } from "./queries.ts";
export { calendarRoutes } from "./routes.ts";
export {
  billingSeasonOf,
  lastHeatingDay,
  type Season,
  seasonLike,
  seasonName,
  seasonOf,
  zhengzhouSeason,
} from "./seasons.ts";
export { defineSeason, installHolidays, loadWorkingCalendar, requireSeason, seasonJson } from "./service.ts";
export { type CalendarException, weekdayOf, workingCalendar, type WorkingCalendar } from "./working-days.ts";
export {
  addWorkingMs,
  type Block,
  DAY_KINDS,
  type DayKind,
  formatBlock,
  HOLIDAY,
  type Hours,
  isOpen,
  MAKE_UP_DAY,
  MOST_WORKING_MS,
  nextOpening,
  parseBlock,
  workingMsBetween,
  type WorkingTime,
  workingTime,
  type WorkingTimeFacts,
} from "./working-time.ts";
export {
  approveCalendar,
  type CalendarInput,
  CONTACT_HOURS,
  contactTimeFrom,
  draftCalendar,
  loadContactHours,
  loadWorkingTime,
  loadWorkingTimes,
  loadWorkingTimeVersion,
  type StoredWorkingTime,
  type WorkingTimes,
} from "./working-calendars.ts";
