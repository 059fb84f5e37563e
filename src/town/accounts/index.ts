/**
 * Heat accounts (户号) and the people behind them.
 *
 * account (户号)        belongs to the flat, never to a person; found by its number or an alias
 * alias                 old number (旧户号), card (卡号), bank agreement (代扣协议号)
 * charge point (计费点) what is billed: 1..n an account, each with dated terms, supply and valve state
 * terms                 class (用热性质), loop type (循环方式: 独立/串联), billing area (计费面积) as a decision with a document
 * supply state          用热状态, what the season bills; valve (阀门), where it stands; account state: three machines
 * search term (检索词)  what a household is found by: name, full pinyin (全拼), initials (首字母), numbers; kept with the rows
 * hold                  dispute, care, payment plan, mourning: why a household is left alone
 */
export { type Account, accessAccount, accountOfId, beginAccountChange } from "./access-account.ts";
export {
  ACCOUNT_COMMANDS,
  ACCOUNT_STATES,
  accountMachine,
  type AccountCommand,
  type AccountState,
} from "./account-states.ts";
export {
  AREA_ROUNDINGS,
  type AreaDecision,
  type AreaFacts,
  type AreaRounding,
  billingAreaSql,
  decideBillingArea,
  HEAT_CLASSES,
  type HeatClass,
} from "./billing-area.ts";
export { changeState, chooseChargePoint, type StateChange, type StateChanged } from "./change-state.ts";
export { changeTerms, type TermsChange, type TermsChanged, type TermsInput } from "./change-terms.ts";
export { foldAccountText, foldName, maskName } from "./folding.ts";
export { type AccountInput, addChargePoint, type ChargePointInput, openAccount } from "./open-account.ts";
export { ALIAS_KINDS, type AliasKind, findChargePoints, LOOP_TYPES, type LoopType } from "./queries.ts";
export { namedAccountJoin, resolveAccountNo, type ResolvedAccount } from "./resolve-account.ts";
export { nextState, type StateMachine } from "./state-machine.ts";
export {
  SUPPLY_COMMANDS,
  SUPPLY_STATES,
  supplyMachine,
  type SupplyCommand,
  type SupplyState,
} from "./supply-states.ts";
export {
  VALVE_COMMANDS,
  VALVE_STATES,
  valveMachine,
  type ValveCommand,
  type ValveState,
} from "./valve-states.ts";
export { addAlias } from "./aliases.ts";
export { findHouseholdsByMail, findHouseholdsByNumber, type Household } from "./contact-queries.ts";
export { recordMailAddress } from "./mail-routes.ts";
export { placeHold, releaseHold } from "./holds.ts";
export {
  accountOnHold,
  findConsent,
  findHolds,
  type HoldRow,
  findPeople,
  HOLD_KINDS,
  type HoldKind,
  PERSON_ROLES,
  type PersonRole,
  type PersonRow,
  PURPOSES,
  type Purpose,
} from "./people-queries.ts";
export { type PersonInput, recordConsent, setPerson } from "./people.ts";
export { rebuildSearchTerms, refreshSearchTerms } from "./keep-search-terms.ts";
export { lacksSearchTerms } from "./search-term-queries.ts";
export { buildingOfAddress, searchTown } from "./search.ts";
export { townGroupsOut } from "./search-schema.ts";
export { type SearchFacts, searchTermsOf } from "./search-terms.ts";
export { townRoutes } from "./town-routes.ts";
export { viewAccount } from "./view-account.ts";
export {
  CLEANING_BOUNDS,
  type CleaningBounds,
  type Finding,
  type FindingKind,
  FINDINGS,
} from "./cleaning-queries.ts";
export { cleaningList } from "./cleaning-list.ts";
export { writeCleaningFile } from "./roll-files.ts";
export { importRoll, type RollOptions, type RollReport } from "./roll-import.ts";
export { ROLL_ENCODINGS, type RollEncoding, type RollFile } from "./roll-read.ts";
export { SUPPLY_WORDS, VALVE_WORDS } from "./roll-row.ts";
