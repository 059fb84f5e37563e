/**
 * Demo (演示): an invented town to try things on, and the clock that a demo may move. A room above all rooms: it writes
 * whole tables at once, into an empty database that it marks as demo. Weak logins exist there and nowhere else.
 */
export { type BankFilePlan, type BankFileReport, writeDemoBankFile } from "./bank-file.ts";
export { plantChannels } from "./channels.ts";
export { type BusinessClock, moveBusinessClock, readBusinessClock } from "./clock.ts";
export { PROFILES, type Profile } from "./homes.ts";
export {
  type DemoState,
  findDemoState,
  LEAST_HOUSEHOLDS,
  MOST_HOUSEHOLDS,
  seedDemo,
  type SeedPlan,
  type SeedProgress,
  type SeedReport,
} from "./seed.ts";
export { DEMO_LOGINS, DEMO_PASSWORD, type DemoLogin, plantPeople } from "./staff.ts";
export {
  type AnsweredCall,
  type AnsweredKind,
  type ColdDayPlan,
  LEAST_CALLS,
  planColdDay,
} from "./cold-day/plan.ts";
export {
  type CallBackEnds,
  countCallBacks,
  type Counted,
  countRun,
  countUnsettled,
  findCallId,
  findHouseholds,
  findNumberOfCallBack,
  findStandingIncident,
} from "./cold-day/queries.ts";
export { type ColdDayStage, setColdDayStage } from "./cold-day/stage.ts";
