/**
 * Bank channels (银行渠道): bank files become one stream of events. Pure: bytes in, events out, no database.
 *
 * Glossary: statement 对账单, collection file 对账文件/代收文件, serial 流水号, account number 户号, reversal 冲正,
 * refund 退款, summary line 汇总行, day cut 日切, sub-channel 二级渠道.
 */
export type {
  BankEvent,
  BankProblem,
  BankTransaction,
  Direction,
  EntryEvent,
  EntryStatus,
  FileEndEvent,
  FileEvent,
  Page,
  StatedTotals,
  StatementEndEvent,
  StatementEvent,
  StatementKind,
  TotalsCheck,
  TransactionKind,
} from "./model.ts";
export type { BankProfile, CamtProfile, DelimitedProfile } from "./profile-schema.ts";
export { bankProfileSchema } from "./profile-schema.ts";
export { listProfiles, loadProfile, parseProfile } from "./profiles.ts";
export { readBankFile } from "./read-bank-file.ts";
export {
  type DelimitedRow,
  type WriteOptions,
  writeDelimitedFile,
  writeDelimitedPath,
} from "./write-delimited.ts";
export { type RepeatedSerial, resolveRepeatedSerials } from "./repeated-serials.ts";
export { type InspectReport, type InspectStatement, inspectBankFile } from "./inspect.ts";
export {
  fittingProfiles,
  lookAtBankFile,
  type Look,
  type LookedEntry,
  type Refusal,
  refusalOf,
} from "./look.ts";
export { joinPages, type StatementPart, type WholeStatement } from "./statement-pages.ts";
export { exponentOf, formatMinor, parseMinor } from "./decimal.ts";
