/** One part of a setting, typed in as what it is; below it its rule, or why it cannot be saved. */
import { Form, Input, Radio, Select, Switch } from "antd";
import { language } from "#web/words/words.ts";
import { useCategoryChoices } from "./setting-shown.tsx";
import { type Field, textOfNumber, type Wrong } from "./setting-value.ts";
import { words } from "./words.ts";

/** What may be typed, in a few words. */
const useRule = (): ((field: Field) => string) => {
  const t = words.useWords();
  return (field) => {
    const { least, most, decimals, mostItems, mostLength, sort } = field;
    const isNumber = sort === "whole" || sort === "whole-list";
    return [
      isNumber && least !== null && most !== null
        ? t("rule.between", { least: textOfNumber(least, decimals), most: textOfNumber(most, decimals) })
        : "",
      decimals > 0 ? t("rule.places", { decimals }) : "",
      sort === "whole-list" ? t("itemsHint") : sort === "text-list" ? t("linesHint") : "",
      mostItems === null ? "" : t("rule.items", { most: mostItems }),
      sort === "text-list" && mostLength !== null ? t("rule.length", { most: mostLength }) : "",
    ]
      .filter((part) => part !== "")
      .join(language() === "en" ? ", " : "，");
  };
};

type InputProps = {
  readonly id: string;
  readonly field: Field;
  readonly text: string;
  readonly disabled: boolean;
  readonly change: (text: string) => void;
};

const Control = ({ id, field, text, disabled, change }: InputProps) => {
  const t = words.useWords();
  const categories = useCategoryChoices();
  const unit = field.unit === "" ? "" : t(`unit.${field.unit}`);
  switch (field.sort) {
    case "yes-no":
      return (
        <Switch id={id} disabled={disabled} checked={text === "true"} onChange={(on) => change(String(on))} />
      );
    case "choice":
      return (
        <Radio.Group
          id={id}
          disabled={disabled}
          value={text}
          vertical
          onChange={(event) => change(String(event.target.value))}
          options={field.choices.map(({ value, label }) => ({ value, label: label[language()] }))}
        />
      );
    case "ticket-category":
      return (
        <Select
          id={id}
          disabled={disabled}
          showSearch={{ optionFilterProp: "label" }}
          value={text}
          onChange={change}
          options={[...categories]}
        />
      );
    case "text-list":
      return (
        <Input.TextArea
          id={id}
          rows={5}
          disabled={disabled}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      );
    default:
      return (
        <Input
          id={id}
          disabled={disabled}
          inputMode={field.decimals > 0 ? "decimal" : "text"}
          autoComplete="off"
          suffix={unit}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      );
  }
};

export const SettingField = ({
  field,
  wrong,
  ...rest
}: Omit<InputProps, "id"> & { readonly wrong: Wrong | "server" | undefined }) => {
  const t = words.useWords();
  const rule = useRule()(field);
  const id = `setting-${field.name === "" ? "value" : field.name}`;
  const said =
    wrong === undefined ? rule : wrong === "server" ? t("wrong.server") : t(wrong.why, wrong.values);
  return (
    <Form.Item
      label={field.label[language()]}
      htmlFor={id}
      {...(wrong === undefined ? {} : { validateStatus: "error" as const })}
      help={said === "" ? undefined : <span {...(wrong === undefined ? {} : { role: "alert" })}>{said}</span>}
    >
      <Control id={id} field={field} {...rest} />
    </Form.Item>
  );
};
