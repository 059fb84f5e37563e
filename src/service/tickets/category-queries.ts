/** SQL of the category tree. */
import type { Sql } from "#src/platform/sql.ts";
import type { CategoryField } from "./category-fields.ts";
import type { Severity } from "./schema.ts";

const fieldsOf = `
  select name, kind, label, label_en as "labelEn", required, choices from ticket_category_fields
  where category_code = :code order by ordinal`;
export const findCategoryFields = (sql: Sql, code: string) => sql.rows<CategoryField>(fieldsOf, { code });

export type CategoryRow = {
  readonly code: string;
  readonly parentCode: string | null;
  readonly name: string;
  readonly nameEn: string;
  readonly severity: Severity;
  readonly returnVisitBasisPoints: number;
  readonly active: boolean;
  readonly fields: readonly CategoryField[];
};

const tree = `
  select c.code, c.parent_code as "parentCode", c.name, c.name_en as "nameEn", c.severity,
    c.return_visit_basis_points as "returnVisitBasisPoints", c.active,
    coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'kind', f.kind, 'label', f.label,
        'labelEn', f.label_en, 'required', f.required, 'choices', f.choices) order by f.ordinal)
      from ticket_category_fields f where f.category_code = c.code), '[]') as fields
  from ticket_categories c left join ticket_categories parent on parent.code = c.parent_code
  order by coalesce(parent.ordinal, c.ordinal), c.parent_code nulls first, c.ordinal`;
/** The tree in reading order: each first level before its second levels. */
export const findCategories = (sql: Sql) => sql.rows<CategoryRow>(tree);

const standIn = `
  select code from ticket_categories where parent_code is not null and active
  order by code = :code desc, parent_code = split_part(:code, '.', 1) desc, parent_code = 'enquiry' desc, code limit 1`;
/** The category itself while it is in use, else the likest one that is: no text is ever without. */
export const findStandIn = async (sql: Sql, code: string): Promise<string | null> =>
  (await sql.maybeOne<{ code: string }>(standIn, { code }))?.code ?? null;

const wordsOf = `
  select category_code as "code", sum(weight)::int as score, array_agg(word order by word) as words
  from ticket_category_words
  join ticket_categories category on category.code = category_code and category.active
  where position(word in :text) > 0
  group by category_code order by score desc, category_code limit 3`;
/** Categories whose words a text contains, the likeliest first. */
export const findCategoriesByWords = (sql: Sql, text: string) =>
  sql.rows<{ code: string; score: number; words: string[] }>(wordsOf, { text });
