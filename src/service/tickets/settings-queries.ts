/** SQL that changes the category tree. */
import type { Sql } from "#src/platform/sql.ts";
import type { Severity } from "./schema.ts";

const change = `
  update ticket_categories set severity = coalesce(:severity::text, severity),
    return_visit_basis_points = coalesce(:basisPoints::integer, return_visit_basis_points),
    active = coalesce(:active::boolean, active)
  where code = :code returning code`;
export const updateCategory = (
  sql: Sql,
  row: { code: string; severity: Severity | null; basisPoints: number | null; active: boolean | null },
) => sql.maybeOne<{ code: string }>(change, row);

const dropFields = `delete from ticket_category_fields where category_code = :code`;
const addFields = `
  insert into ticket_category_fields (category_code, name, ordinal, kind, label, label_en, required, choices)
  select :code, f.name, f.ordinal, f.kind, f.label, f."labelEn", f.required, f.choices
  from jsonb_to_recordset(:fields::jsonb) f (name text, ordinal smallint, kind text, label text, "labelEn" text,
    required boolean, choices text[])`;
export const replaceFields = async (sql: Sql, row: { code: string; fields: string }): Promise<void> => {
  await sql.run(dropFields, row);
  await sql.run(addFields, row);
};

const dropWords = `delete from ticket_category_words where category_code = :code and not (word = any(:words::text[]))`;
const addWords = `
  insert into ticket_category_words (word, category_code, weight)
  select w.word, :code, w.weight from jsonb_to_recordset(:list::jsonb) w (word text, weight smallint)
  on conflict (word) do update set weight = excluded.weight, category_code = excluded.category_code`;
/** A word means one category: it moves to this one. */
export const replaceWords = async (
  sql: Sql,
  row: { code: string; words: readonly string[]; list: string },
): Promise<void> => {
  await sql.run(dropWords, row);
  await sql.run(addWords, row);
};
