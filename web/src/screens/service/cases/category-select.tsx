/** A category by its number, by initials, by code or by name. */
import { type RefSelectProps, Select } from "antd";
import type { Ref } from "react";
import { Problem } from "#web/furniture/problem.tsx";
import { caseWords } from "../words-case.ts";
import { type Category, useCategories } from "./categories.ts";

type Option = { readonly value: string; readonly label: string; readonly found: string; readonly n: string };

const optionsOf = (second: readonly Category[], nameOf: (code: string) => string) => {
  const groups = new Map<string, Option[]>();
  for (const [index, one] of second.entries()) {
    const parent = one.parent ?? "";
    const n = String(index + 1);
    const found = [one.initials, one.code.split(".")[1], one.code, one.name, one.nameEn]
      .join(" ")
      .toLowerCase();
    const option = { value: one.code, label: `${n} ${nameOf(one.code)}`, found, n };
    groups.set(parent, [...(groups.get(parent) ?? []), option]);
  }
  return [...groups].map(([parent, options]) => ({ label: nameOf(parent), options }));
};

/** A number is that one number; anything else is looked for in initials, code and names. */
const fits = (typed: string, option: Option | { readonly options: unknown } | undefined): boolean => {
  if (option === undefined || !("found" in option)) return false;
  const text = typed.normalize("NFKC").trim().toLowerCase();
  return /^\d+$/.test(text) ? option.n === text : option.found.includes(text);
};

export const CategorySelect = ({
  value,
  choose,
  selectRef,
  autoFocus = false,
}: {
  value: string | null;
  choose: (code: string) => void;
  selectRef?: Ref<RefSelectProps>;
  autoFocus?: boolean;
}) => {
  const t = caseWords.useWords();
  const { second, nameOf, error } = useCategories();
  return (
    <>
      <Select<string>
        {...(selectRef === undefined ? {} : { ref: selectRef })}
        aria-label={t("category")}
        autoFocus={autoFocus}
        value={value}
        placeholder={t("categoryHint")}
        showSearch={{ filterOption: (typed, option) => fits(typed, option as Option | undefined) }}
        options={optionsOf(second, nameOf)}
        onSelect={(code) => choose(code)}
        popupMatchSelectWidth={320}
        listHeight={420}
        virtual={false}
      />
      <Problem error={error} />
    </>
  );
};
