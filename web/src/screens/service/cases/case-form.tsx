/** The form of a case. Nothing that is known is typed: who calls, where, and the words of the category are there already. */
import { Button, Input, type RefSelectProps, Select } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { type ReactNode, useRef, useState } from "react";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useCodes } from "#web/words/codes.ts";
import { SEVERITIES } from "#web/words/severities.ts";
import { caseWords } from "../words-case.ts";
import { type CaseDraft, type ReadFields, readFields } from "./case-draft.ts";
import { CaseFields, fieldName } from "./case-fields.tsx";
import { type Category, useCategories } from "./categories.ts";
import { CategorySelect } from "./category-select.tsx";
import styles from "./cases.module.css";

export type CaseToSave = {
  readonly draft: CaseDraft;
  readonly category: Category;
  readonly summary: string;
  readonly fields: Record<string, unknown> | undefined;
};

type Props = {
  readonly draft: CaseDraft;
  readonly keep: (change: Partial<CaseDraft>) => void;
  readonly clear: () => void;
  readonly save: (input: CaseToSave) => void;
  readonly isSaving: boolean;
  readonly error: unknown;
  /** Rows of its own above: who and where, where no call says it. */
  readonly children?: ReactNode;
  readonly autoFocus?: boolean;
};

/** Why what was typed cannot be sent yet, in words. */
const useComplaint = () => {
  const t = caseWords.useWords();
  return (read: ReadFields): string | undefined => {
    if (read.ok) return undefined;
    const [wrong] = read.wrong;
    if (wrong !== undefined) return t("badField", { name: fieldName(wrong) });
    return t("fieldsIncomplete", { names: read.missing.map(fieldName).join(", ") });
  };
};

const isUntouched = (draft: CaseDraft): boolean =>
  draft.category === null && draft.summary === "" && draft.callerName === "" && draft.addressText === "";

export const CaseForm = ({
  draft,
  keep,
  clear,
  save,
  isSaving,
  error,
  children,
  autoFocus = false,
}: Props) => {
  const t = caseWords.useWords();
  const word = useCodes();
  const { find, nameOf } = useCategories();
  const complaintOf = useComplaint();
  const [complaint, setComplaint] = useState<string>();
  const select = useRef<RefSelectProps>(null);
  const summary = useRef<TextAreaRef>(null);
  const category = draft.category === null ? undefined : find(draft.category);
  const submit = (): void => {
    if (isSaving) return;
    if (category === undefined) {
      setComplaint(t("needsCategory"));
      select.current?.focus();
      return;
    }
    const read = readFields(category.fields, draft.fields);
    setComplaint(complaintOf(read));
    if (!read.ok) return;
    const said = draft.summary.trim();
    save({ draft, category, summary: said === "" ? nameOf(category.code) : said, fields: read.values });
  };
  useShortcut("n", t("focus"), () => select.current?.focus());
  useShortcut("$mod+Enter", t("save"), submit);
  const choose = (code: string): void => {
    setComplaint(undefined);
    keep({ category: code, fields: {}, severity: null });
    // Once the list has closed: what comes next is said in words.
    requestAnimationFrame(() => summary.current?.focus());
  };
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("category")}</span>
        <CategorySelect value={draft.category} choose={choose} selectRef={select} autoFocus={autoFocus} />
      </div>
      <div className={`${styles["row"]} ${styles["top"]}`}>
        <span className={styles["label"]}>{t("summary")}</span>
        <Input.TextArea
          ref={summary}
          aria-label={t("summary")}
          placeholder={t("summaryHint")}
          value={draft.summary}
          maxLength={2000}
          rows={2}
          onChange={(event) => keep({ summary: event.target.value })}
        />
      </div>
      <CaseFields
        fields={category?.fields ?? []}
        values={draft.fields}
        change={(name, value) => keep({ fields: { ...draft.fields, [name]: value } })}
      />
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("severity")}</span>
        <Select
          aria-label={t("severity")}
          value={draft.severity ?? category?.severity ?? null}
          onChange={(severity) => keep({ severity })}
          options={SEVERITIES.map((code) => ({ value: code, label: word("severity", code) }))}
        />
      </div>
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("callerName")}</span>
        <Input
          aria-label={t("callerName")}
          value={draft.callerName}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => keep({ callerName: event.target.value })}
        />
      </div>
      {complaint === undefined ? null : (
        <div role="alert" className={styles["overdue"]}>
          {complaint}
        </div>
      )}
      <Problem error={error} />
      <div className={styles["actions"]}>
        <Button type="primary" htmlType="submit" loading={isSaving}>
          {t("saveKeys")}
        </Button>
        {isUntouched(draft) ? null : (
          <Button type="text" onClick={clear}>
            {t("discard")}
          </Button>
        )}
      </div>
    </form>
  );
};
