/** A value of a setting as people read it: each part with its name and unit. */
import { api } from "#web/api/client.ts";
import { language } from "#web/words/words.ts";
import type { Field, Setting } from "./setting-value.ts";
import { typedOf } from "./setting-value.ts";
import { common } from "#web/words/common.ts";
import { words } from "./words.ts";

/** Names of the categories of the second level, as a field chooses among them. */
export const useCategoryChoices = (): readonly { readonly value: string; readonly label: string }[] => {
  const { data } = api.useQuery("get", "/ticket-categories", {}, { staleTime: 600_000 });
  return (data?.items ?? [])
    .filter(({ parent, active }) => parent !== null && active)
    .map(({ code, name, nameEn }) => ({ value: code, label: language() === "en" ? nameEn : name }));
};

/** A value as a line of text. */
export const useShown = (): ((setting: Pick<Setting, "fields">, value: unknown) => string) => {
  const t = words.useWords();
  const say = common.useWords();
  const categories = useCategoryChoices();
  const one = (field: Field, text: string): string => {
    if (text === "") return t("emptyList");
    if (field.sort === "yes-no") return say(text === "true" ? "yes" : "no");
    if (field.sort === "choice") {
      return field.choices.find(({ value }) => value === text)?.label[language()] ?? text;
    }
    if (field.sort === "ticket-category")
      return categories.find(({ value }) => value === text)?.label ?? text;
    const said = text.replaceAll("\n", language() === "en" ? "; " : "；");
    return field.unit === "" ? said : `${said} ${t(`unit.${field.unit}`)}`;
  };
  return ({ fields }, value) => {
    const texts = typedOf(fields, value);
    return fields
      .map((field) => {
        const shown = one(field, texts[field.name] ?? "");
        return field.name === "" ? shown : `${field.label[language()]} ${shown}`;
      })
      .join(language() === "en" ? "; " : "；");
  };
};
