/** What a room declares of a table that can be exported: the right, what is stored of the question, and how its rows are read. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import type { Action } from "#src/platform/actions.ts";
import type { Permission } from "#src/platform/actor.ts";
import type { TableRows } from "#src/platform/table-export.ts";

/** As the worker sees it. */
export type ExportDefinition = {
  /** Stands in the row: `arrears`. */
  readonly kind: string;
  /** Of asking for it, in the audit: `arrears.export`. */
  readonly command: Action;
  /** That of its route; looked at again whenever the file is fetched. */
  readonly permission: Permission;
  /** @throws ZodError for what another version stored */
  tableOf(stored: unknown): TableRows<unknown>;
};

/** As the route sees it, which knows what it asks for. */
export type DefinedExport<Wanted> = ExportDefinition & {
  /** What is stored until it is written: all of the question, so that areas and days are those of the asking. */
  textOf(wanted: Wanted): string;
};

type Declared<Wanted, Row> = {
  readonly kind: string;
  readonly command: Action;
  readonly permission: Permission;
  /** Reads back what was stored as JSON. */
  readonly wanted: z.ZodType<Wanted>;
  table(wanted: Wanted): TableRows<Row>;
};

/** Declares an export; the worker has to know it (workers/exports.ts), and a test says when it does not. */
export const defineExport = <Wanted, Row>(declared: Declared<Wanted, Row>): DefinedExport<Wanted> => ({
  kind: declared.kind,
  command: declared.command,
  permission: declared.permission,
  tableOf: (stored) => declared.table(declared.wanted.parse(stored)),
  textOf: (wanted) =>
    JSON.stringify(wanted, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)),
});

/** Parts of what is stored, as JSON gives them back. */
export const storedId = z
  .string()
  .regex(/^-?\d{1,18}$/)
  .transform(BigInt);
export const storedInstant = z.iso.datetime().transform((text) => new Date(text));
export const storedDay = z.iso.date().transform(day);
/** Bindings of `accountScope`. */
export const storedReach = {
  scopeKind: z.enum(["everything", "areas", "accounts"]),
  scopeIds: z.array(storedId).readonly(),
  scopeDay: z.iso.date(),
};
