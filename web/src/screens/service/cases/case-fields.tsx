/** The fields that a category asks for. */
import { Input, Radio, Select } from "antd";
import { lazy, Suspense } from "react";
import { language } from "#web/words/words.ts";
import { caseWords } from "../words-case.ts";
import type { CategoryField } from "./categories.ts";
import styles from "./cases.module.css";

type Props = {
  readonly field: CategoryField;
  readonly value: string;
  readonly change: (value: string) => void;
};

type ChoiceKey = Extract<keyof (typeof caseWords.texts)["zh-CN"], `choice.${string}`>;
const isChoice = (key: string): key is ChoiceKey => key in caseWords.texts["zh-CN"];

// The calendar is heavy, and few categories ask for a day.
const DayInput = lazy(() => import("./day-input.tsx").then((module) => ({ default: module.DayInput })));

const labelOf = (field: CategoryField): string => (language() === "en" ? field.labelEn : field.label);

const FieldInput = ({ field, value, change }: Props) => {
  const t = caseWords.useWords();
  const label = labelOf(field);
  switch (field.kind) {
    case "choice":
      return (
        <Select
          aria-label={label}
          allowClear
          value={value === "" ? null : value}
          onChange={(chosen: string | undefined) => change(chosen ?? "")}
          options={field.choices.map((code) => {
            const key = `choice.${code}`;
            return { value: code, label: isChoice(key) ? t(key) : code };
          })}
        />
      );
    case "yes-no":
      return (
        <Radio.Group
          aria-label={label}
          value={value}
          onChange={(event) => change(String(event.target.value))}
        >
          <Radio value="yes">{t("yes")}</Radio>
          <Radio value="no">{t("no")}</Radio>
        </Radio.Group>
      );
    case "day":
      return (
        <Suspense>
          <DayInput label={label} value={value} change={change} />
        </Suspense>
      );
    default:
      return (
        <Input
          aria-label={label}
          value={value}
          maxLength={500}
          suffix={field.kind === "celsius" ? "℃" : field.kind === "fen" ? "¥" : undefined}
          inputMode={field.kind === "text" ? "text" : "decimal"}
          onChange={(event) => change(event.target.value)}
        />
      );
  }
};

export const CaseFields = ({
  fields,
  values,
  change,
}: {
  fields: readonly CategoryField[];
  values: Readonly<Record<string, string>>;
  change: (name: string, value: string) => void;
}) => (
  <>
    {fields.map((field) => (
      <div key={field.name} className={styles["row"]}>
        <span className={styles["label"]}>
          {labelOf(field)}
          {field.required ? <span className={styles["required"]}> *</span> : null}
        </span>
        <FieldInput
          field={field}
          value={values[field.name] ?? ""}
          change={(value) => change(field.name, value)}
        />
      </div>
    ))}
  </>
);

export const fieldName = labelOf;
