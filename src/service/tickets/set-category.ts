/** Changing the tree: how urgent, how many are asked afterwards, which fields, which words. All rows, no release. */
import { fail } from "#src/kernel/errors.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { readSetting } from "#src/platform/settings.ts";
import { ticketPolicy } from "./policy.ts";
import type { CategoryField } from "./category-fields.ts";
import type { Severity } from "./schema.ts";
import { replaceFields, replaceWords, updateCategory } from "./settings-queries.ts";

export type CategoryChange = {
  readonly severity?: Severity | undefined;
  readonly returnVisitBasisPoints?: number | undefined;
  readonly active?: boolean | undefined;
  /** The whole list, in the order in which they are asked. */
  readonly fields?: readonly CategoryField[] | undefined;
  readonly words?: readonly { readonly word: string; readonly weight: number }[] | undefined;
};

/** @throws DomainError `category.stands-in` */
const requireNotStandIn = async ({ sql }: CommandContext, code: string): Promise<void> => {
  const { unguessedCategory } = await readSetting(sql, ticketPolicy);
  if (code !== unguessedCategory) return;
  fail("category.stands-in", "this category stands in where the words of a text say nothing", {
    field: "active",
    remedy: "name another one in the setting tickets.policy (unguessedCategory) first",
  });
};

/**
 * Changes a category of the second level. What cases carry already stays. Repeating is safe.
 * @throws DomainError `category.not-found`, `category.choices` when a choice has nothing to choose from, `category.stands-in`
 * when it is to be switched off and texts without known words get it
 */
export const setCategory = async (
  context: CommandContext,
  code: string,
  change: CategoryChange,
): Promise<void> => {
  const { sql } = context;
  const wrong = change.fields?.find((field) => (field.kind === "choice") !== field.choices.length > 0);
  if (wrong !== undefined) {
    fail("category.choices", `${wrong.name}: a choice, and only a choice, has something to choose from`, {
      field: "fields",
    });
  }
  if (change.active === false) await requireNotStandIn(context, code);
  const updated = await updateCategory(sql, {
    code,
    severity: change.severity ?? null,
    basisPoints: change.returnVisitBasisPoints ?? null,
    active: change.active ?? null,
  });
  if (updated === null) fail("category.not-found", "there is no such category", { field: "code" });
  if (change.fields !== undefined) {
    const fields = change.fields.map((field, index) => ({ ...field, ordinal: index * 10 + 10 }));
    await replaceFields(sql, { code, fields: canonicalJson(fields) });
  }
  if (change.words !== undefined) {
    const words = change.words.map(({ word }) => word);
    await replaceWords(sql, { code, words, list: canonicalJson(change.words) });
  }
  context.audit({ subject: `ticket-category:${code}`, details: { ...change } });
};
