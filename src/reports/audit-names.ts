/**
 * The audit says who by a login and what by a row: `wang.li`, `receipt:4711`. People know a name and the number on a paper. What was
 * typed is turned into what the audit says, and the rows of an answer back into what people say. Reads only.
 */
import { parseBillNo } from "#src/kernel/ids.ts";
import { fail } from "#src/kernel/errors.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import type { Sql } from "#src/platform/sql.ts";
import { formatOrderNo } from "#src/service/field/index.ts";
import { formatTestNo } from "#src/service/pressure-tests/index.ts";
import { formatTicketNo, parseTicketNo } from "#src/service/tickets/index.ts";
import {
  findNumbered,
  findNumbersOf,
  findStaffNamed,
  type NamedStaff,
  NUMBERED,
} from "./audit-names-queries.ts";

/** So many people may share what was typed: each is walked by an index of its own. */
const MOST_PEOPLE = 20;

/** Those who are called so; where a name is typed whole, not those whose name only has it in it. */
const staffCalled = async (sql: Sql, text: string, field: string): Promise<readonly NamedStaff[]> => {
  const found = await findStaffNamed(sql, { text, limit: MOST_PEOPLE + 1 });
  const whole = found.filter((one) => one.whole);
  if (whole.length > 0) return whole;
  if (found.length <= MOST_PEOPLE) return found;
  return fail("audit.name-wide", `more than ${MOST_PEOPLE} people have this in their names`, {
    field,
    remedy: "type more of the name, or the login",
  });
};

/**
 * Whom the audit may call so: a login and everybody with that name; of nobody's name it is taken as it is: a machine's, `cli:…`.
 * @throws DomainError `audit.name-wide`
 */
export const actorsCalled = async (sql: Sql, typed: string): Promise<string[]> => {
  const found = await staffCalled(sql, typed, "actor");
  return found.length === 0 ? [typed] : found.map(({ login }) => login);
};

type Numbered = keyof typeof NUMBERED;
const isNumbered = (kind: string): kind is Numbered => Object.hasOwn(NUMBERED, kind);

const idBehind = (pattern: RegExp, text: string): string[] => {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? [] : [String(BigInt(digits))];
};

/** Whose number is its row with something before or behind it: nothing has to be looked up. */
const WRITTEN: Readonly<Record<string, (text: string) => string[]>> = {
  ticket: (text) => {
    const id = parseTicketNo(text);
    return id === null ? [] : [String(id)];
  },
  bill: (text) => {
    const bill = parseBillNo(text);
    return bill === null ? [] : [String(bill.billId)];
  },
  "work-order": (text) => idBehind(/^W\s*([0-9]{1,15})$/i, text),
  "pressure-test": (text) => idBehind(/^Y\s*([0-9]{1,15})$/i, text),
};

const splitKind = (typed: string): { readonly kind: string | null; readonly rest: string } => {
  const [, kind, rest] = /^([a-z][a-z-]*):(.+)$/.exec(typed) ?? [];
  return kind === undefined || rest === undefined
    ? { kind: null, rest: toHalfWidth(typed).trim() }
    : { kind, rest: toHalfWidth(rest).trim() };
};

/**
 * What the audit may call it: as typed (`ticket:17`), and every thing that bears the number or, of staff, the name; with a kind before
 * it (`account:100000017`) only things of that kind.
 * @throws DomainError `audit.name-wide`
 */
export const subjectsCalled = async (sql: Sql, typed: string): Promise<string[]> => {
  const { kind, rest } = splitKind(typed);
  const kinds = (Object.keys(NUMBERED) as Numbered[]).filter((one) => kind === null || one === kind);
  const [, prefix = "", digits] = /^(.*[^0-9\s])([0-9]{1,15})$/.exec(rest) ?? [];
  const written = Object.entries(WRITTEN)
    .filter(([one]) => kind === null || one === kind)
    .flatMap(([one, idsOf]) => idsOf(rest).map((id) => `${one}:${id}`));
  const asked = { text: rest, prefix, number: digits === undefined ? null : BigInt(digits) };
  const numbered =
    kind !== null && !isNumbered(kind)
      ? []
      : (await findNumbered(sql, kinds, asked)).map(({ subject }) => subject);
  const staff = kind === null || kind === "staff" ? await staffCalled(sql, rest, "subject") : [];
  return [...new Set([typed, ...written, ...numbered, ...staff.map(({ id }) => `staff:${id}`)])];
};

const FORMATTED: Readonly<Record<string, (id: bigint) => string>> = {
  ticket: formatTicketNo,
  "work-order": formatOrderNo,
  "pressure-test": formatTestNo,
};

/** What people call these subjects: `receipt:4711` is "T01-2026-000123". Those without another name are not there. */
export const numbersOf = async (
  sql: Sql,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = [...new Set(subjects)].flatMap((subject) => {
    const [, kind, id] = /^([a-z-]+):(\d{1,18})$/.exec(subject) ?? [];
    return kind === undefined || id === undefined ? [] : [{ subject, kind, id }];
  });
  const idsOf = (wanted: string): string[] => rows.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  const found = await findNumbersOf(sql, {
    accounts: idsOf("account"),
    receipts: idsOf("receipt"),
    referrals: idsOf("referral"),
    staff: idsOf("staff"),
  });
  return new Map([
    ...found.map(({ subject, number }) => [subject, number] as const),
    ...rows.flatMap(({ subject, kind, id }) => {
      const format = FORMATTED[kind];
      return format === undefined ? [] : [[subject, format(BigInt(id))] as const];
    }),
  ]);
};
