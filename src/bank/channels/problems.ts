/** The problems of single lines and entries, in one place so that code, severity and remedy stay the same. */
import type { BankProblem } from "./model.ts";

const ASK_BANK = "Ask the bank for a corrected file; nothing of this one is taken.";

const refuse = (
  code: string,
  message: string,
  row: number,
  field: string | null,
  remedy = ASK_BANK,
): BankProblem => ({
  code,
  message,
  row,
  field,
  remedy,
  severity: "refuse",
});

const review = (
  code: string,
  message: string,
  row: number,
  field: string | null,
  remedy: string,
): BankProblem => ({
  code,
  message,
  row,
  field,
  remedy,
  severity: "review",
});

export const fieldCount = (row: number, found: number, expected: number): BankProblem =>
  refuse(
    "line.unreadable",
    `line ${row} has ${found} fields instead of ${expected}`,
    row,
    null,
    "Ask the bank for a corrected file: a field was lost, or holds the delimiter.",
  );

export const unreadable = (row: number, field: string): BankProblem =>
  refuse("line.unreadable", `line ${row}: ${field} cannot be read`, row, field);

export const tooPrecise = (row: number, field: string, currency: string): BankProblem =>
  refuse(
    "line.amount-too-precise",
    `line ${row}: ${field} has more decimals than ${currency} has; it was not rounded`,
    row,
    field,
  );

export const notPositive = (row: number): BankProblem =>
  refuse(
    "line.amount-not-positive",
    `line ${row}: the amount is zero or negative; direction comes from the kind alone`,
    row,
    "amount",
  );

export const missing = (row: number, field: string): BankProblem =>
  refuse("line.field-missing", `line ${row}: ${field} is empty`, row, field);

export const kindUnknown = (row: number): BankProblem =>
  refuse(
    "line.kind-unknown",
    `line ${row}: the profile does not know this kind of transaction`,
    row,
    "kind",
    "Agree the word with the bank and add it to the kinds of a new profile version.",
  );

export const accountMissing = (row: number): BankProblem =>
  review(
    "line.account-missing",
    `line ${row}: no account number`,
    row,
    "accountNo",
    "Take the money to suspense and find its owner by serial at the bank.",
  );

export const zeroEntry = (row: number): BankProblem =>
  review(
    "entry.amount-zero",
    `the entry at line ${row} moves no money`,
    row,
    "Amt",
    "There is nothing to post.",
  );

export const detailsUnclear = (row: number, why: string): BankProblem =>
  review(
    "entry.details-mismatch",
    `the entry at line ${row}: ${why}`,
    row,
    "NtryDtls",
    "Post the entry as one amount to suspense and divide it with the bank's advice in hand.",
  );

export const entryCurrency = (row: number, entry: string, account: string): BankProblem =>
  refuse(
    "entry.currency-differs",
    `the entry at line ${row} is in ${entry} on an account in ${account}`,
    row,
    "Amt",
    "Ask the bank what reached the account; amounts of two currencies are never added.",
  );

export const dayMissing = (row: number, field: string): BankProblem =>
  review(
    "entry.day-unreadable",
    `the entry at line ${row}: ${field} is not a date`,
    row,
    field,
    "Take the day from the bank's advice before posting.",
  );

export const ofStatement = (
  code: string,
  message: string,
  row: number,
  field: string,
  remedy: string,
): BankProblem => refuse(code, message, row, field, remedy);
