/** Which action to search the audit for: found by its words or its code; `staff.*` is all that begins so. */
import { Select } from "antd";
import { useState } from "react";
import { type AuditWords, useAuditWords } from "#web/words/audit-words.ts";

/** Nothing in the list is called so, and it may still be asked for. */
const CODE = /^[a-z][a-z-]*[.:]([a-z-]+|\*)$/;

type Props = {
  readonly id?: string;
  readonly value?: string;
  readonly onChange?: (value: string | undefined) => void;
};
export const ActionChoice = ({ id, value, onChange }: Props) => {
  const { all } = useAuditWords();
  const [typed, setTyped] = useState("");
  const asked = typed.trim();
  const isNew = CODE.test(asked) && all.every((one) => one.value !== asked);
  return (
    <Select<string, AuditWords["all"][number]>
      {...(id === undefined ? {} : { id })}
      style={{ minWidth: 220 }}
      allowClear
      value={value === "" ? undefined : value}
      options={isNew ? [{ value: asked, label: asked }, ...all] : [...all]}
      showSearch={{
        onSearch: setTyped,
        filterOption: (text, option) =>
          `${option?.label ?? ""} ${option?.value ?? ""}`.toLowerCase().includes(text.trim().toLowerCase()),
      }}
      onChange={(chosen: string | undefined) => onChange?.(chosen)}
    />
  );
};
