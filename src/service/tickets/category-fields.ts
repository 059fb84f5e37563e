/** The fields that a category needs (分类要素): rows, read strictly. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";

export const FIELD_KINDS = ["text", "choice", "yes-no", "day", "celsius", "fen", "count"] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export type CategoryField = {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: string;
  readonly labelEn: string;
  readonly required: boolean;
  readonly choices: readonly string[];
};

const readers: Readonly<Record<Exclude<FieldKind, "choice">, z.ZodType>> = {
  text: z.string().trim().min(1).max(500),
  "yes-no": z.boolean(),
  day: z.iso.date(),
  // One decimal, as a thermometer shows it.
  celsius: z.number().min(-40).max(120).multipleOf(0.1),
  fen: z.int().min(0).max(9_000_000_000_000),
  count: z.int().min(0).max(1_000_000),
};

const readerOf = (field: CategoryField): z.ZodType =>
  field.kind === "choice" ? z.enum(field.choices) : readers[field.kind];

export const missingFields = (
  fields: readonly CategoryField[],
  given: Readonly<Record<string, unknown>>,
): string[] => fields.filter((field) => field.required && !(field.name in given)).map((field) => field.name);

/**
 * Reads what was given for a category. `complete` refuses a case without what its category needs.
 * @throws DomainError `ticket.field-unknown`, `ticket.field-invalid`, `ticket.fields-missing`
 */
export const readFields = (
  categoryCode: string,
  fields: readonly CategoryField[],
  given: Readonly<Record<string, unknown>>,
  complete: boolean,
): Record<string, unknown> => {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const read = Object.entries(given).map(([name, value]) => {
    const field =
      byName.get(name) ??
      fail("ticket.field-unknown", `${categoryCode} has no field ${name}`, {
        field: `fields.${name}`,
        facts: { known: fields.map((known) => known.name) },
      });
    const parsed = readerOf(field).safeParse(value);
    if (!parsed.success) {
      fail("ticket.field-invalid", `${field.labelEn}: ${parsed.error.issues[0]?.message ?? "does not fit"}`, {
        field: `fields.${name}`,
        facts: { kind: field.kind, ...(field.kind === "choice" && { choices: field.choices }) },
      });
    }
    return [name, parsed.data] as const;
  });
  const missing = complete ? missingFields(fields, given) : [];
  if (missing.length > 0) refuseMissing(categoryCode, missing);
  return Object.fromEntries(read);
};

export const refuseMissing = (categoryCode: string, missing: readonly string[]): never =>
  fail("ticket.fields-missing", `${categoryCode} needs ${missing.join(", ")}`, {
    field: `fields.${missing[0] ?? ""}`,
    remedy: "give them under `fields`; GET /api/v1/ticket-categories lists what a category needs",
    facts: { missing },
  });
