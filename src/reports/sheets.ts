/**
 * The five sheets of the morning (晨报): each from one look at the span, within the reader's reach. Made by nobody's hand, so that a sheet
 * that is made again of the same data is the same.
 */
import type { Sql } from "#src/platform/sql.ts";
import type { Report } from "./figures.ts";
import type { Span } from "./span.ts";
import { collectionSheet } from "./sheet-of-collection.ts";
import { hotlineSheet } from "./sheet-of-hotline.ts";
import { moneySheet } from "./sheet-of-money.ts";
import { referralSheet } from "./sheet-of-referrals.ts";
import { supplySheet } from "./sheet-of-supply.ts";

export const SHEETS = ["collection", "money", "hotline", "referrals", "supply"] as const;
export type SheetName = (typeof SHEETS)[number];

const MAKERS: Readonly<Record<SheetName, (sql: Sql, span: Span) => Promise<Report>>> = {
  collection: collectionSheet,
  money: moneySheet,
  hotline: hotlineSheet,
  referrals: referralSheet,
  supply: supplySheet,
};

/** Banks know no areas: whoever is bound to some has no money sheet. */
export const WHOLE_COMPANY_SHEETS: readonly SheetName[] = ["money"];

/** @param sql of one transaction that sees one moment: the sheets are held against each other. */
export const makeSheet = (sql: Sql, name: SheetName, span: Span): Promise<Report> => MAKERS[name](sql, span);
