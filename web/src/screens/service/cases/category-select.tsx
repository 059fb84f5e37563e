/** A category by its number, by initials, by code or by name. */
import { type RefSelectProps, Select } from "antd";
import { type Ref, useRef } from "react";
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

/**
 * A number is that one number; anything else is looked for in initials, code and names. The `n` that leads into the field may
 * stand before a number: it is pressed by habit also where the field has the keys already.
 */
const fits = (typed: string, option: Option | { readonly options: unknown } | undefined): boolean => {
  if (option === undefined || !("found" in option)) return false;
  const text = typed
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/^n(?=\d+$)/, "");
  return /^\d+$/.test(text) ? option.n === text : option.found.includes(text);
};

/** What Enter would choose for what was typed; undefined when nothing fits. */
export const categoryTyped = (
  typed: string,
  second: readonly Category[],
  nameOf: (code: string) => string,
): string | undefined =>
  optionsOf(second, nameOf)
    .flatMap(({ options }) => options)
    .find((option) => fits(typed, option))?.value;

export const CategorySelect = ({
  value,
  choose,
  chooseLater,
  later,
  selectRef,
}: {
  value: string | null;
  choose: (code: string) => void;
  /** Enter came before the categories: what was typed is chosen as soon as they are there. */
  chooseLater?: (typed: string) => void;
  /** What waits for them. */
  later?: string | undefined;
  selectRef?: Ref<RefSelectProps>;
}) => {
  const t = caseWords.useWords();
  const { second, nameOf, isRead, error, again } = useCategories();
  const typed = useRef("");
  return (
    <>
      <Select<string>
        {...(selectRef === undefined ? {} : { ref: selectRef })}
        aria-label={t("category")}
        value={value}
        placeholder={later ?? t("categoryHint")}
        loading={!isRead}
        showSearch={{
          filterOption: (text, option) => fits(text, option as Option | undefined),
          onSearch: (text) => {
            typed.current = text;
          },
        }}
        onInputKeyDown={(event) => {
          const isComposing = event.nativeEvent.isComposing || event.keyCode === 229;
          if (event.key !== "Enter" || isComposing || isRead || typed.current.trim() === "") return;
          event.preventDefault();
          chooseLater?.(typed.current);
        }}
        options={optionsOf(second, nameOf)}
        onSelect={(code) => choose(code)}
        popupMatchSelectWidth={320}
        listHeight={420}
        virtual={false}
      />
      <Problem error={isRead ? null : error} again={again} />
    </>
  );
};
