/** The form of a case. Nothing that is known is typed: who calls, where, and the words of the category are there already. */
import { Button, ConfigProvider, Input, type RefSelectProps, Select } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useCodes } from "#web/words/codes.ts";
import { SEVERITIES } from "#web/words/severities.ts";
import { caseWords } from "../words-case.ts";
import { type CaseDraft, type ReadFields, readFields, textOrNothing } from "./case-draft.ts";
import { CaseFields, fieldName } from "./case-fields.tsx";
import { type Category, useCategories } from "./categories.ts";
import { CategorySelect, categoryTyped } from "./category-select.tsx";
import styles from "./cases.module.css";

export type CaseToSave = {
  readonly draft: CaseDraft;
  readonly category: Category;
  /** Undefined: nothing was said but the category, whose name is shown in the language of whoever reads it. */
  readonly summary: string | undefined;
  readonly fields: Record<string, unknown> | undefined;
};

type Props = {
  readonly draft: CaseDraft;
  readonly keep: (change: Partial<CaseDraft>) => void;
  readonly clear: () => void;
  readonly save: (input: CaseToSave) => void;
  readonly isSaving: boolean;
  /** Why it was refused, or what is known of a try without an answer. */
  readonly problem: ReactNode;
  /** It was sent and is not answered: it can be sent again as it is, and not be changed. */
  readonly isLocked?: boolean;
  /** Rows of its own above: who and where, where no call says it. */
  readonly children?: ReactNode;
  /** Who and where are known: the next thing to say is the category. */
  readonly isPlaced?: boolean;
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

/**
 * Whoever types faster than the categories come loses nothing: the number that was entered is chosen when they are there, and
 * then, if saving was asked for meanwhile, it is saved.
 */
const useHaste = ({
  take,
  submit,
  miss,
  pressed,
  setPressed,
}: {
  take: (code: string) => void;
  submit: () => void;
  miss: (typed: string) => void;
  /** Saving was asked for before the categories were there. */
  pressed: boolean;
  setPressed: (pressed: boolean) => void;
}) => {
  const { second, nameOf, isRead } = useCategories();
  const [later, setLater] = useState<string>();
  useEffect(() => {
    if (!isRead) return;
    if (later !== undefined) {
      setLater(undefined);
      const code = categoryTyped(later, second, nameOf);
      if (code !== undefined) return take(code);
      setPressed(false);
      return miss(later);
    }
    if (!pressed) return;
    setPressed(false);
    submit();
    // When the categories have come, and once more when the category is chosen.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isRead, later, pressed]);
  return { later, setLater };
};

const HowAndWho = ({
  draft,
  keep,
  category,
}: Pick<Props, "draft" | "keep"> & { category: Category | undefined }) => {
  const t = caseWords.useWords();
  const word = useCodes();
  return (
    <>
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
    </>
  );
};

const isUntouched = (draft: CaseDraft): boolean =>
  draft.category === null && draft.summary === "" && draft.callerName === "" && draft.addressText === "";

const Saving = ({
  complaint,
  problem,
  isSaving,
  clear,
}: {
  complaint: string | undefined;
  problem: ReactNode;
  isSaving: boolean;
  clear: (() => void) | undefined;
}) => {
  const t = caseWords.useWords();
  return (
    <>
      {complaint === undefined ? null : (
        <div role="alert" className={styles["overdue"]}>
          {complaint}
        </div>
      )}
      {problem}
      <div className={styles["actions"]}>
        <Button type="primary" htmlType="submit" loading={isSaving}>
          {t("saveKeys")}
        </Button>
        {clear === undefined ? null : (
          <Button type="text" onClick={clear}>
            {t("discard")}
          </Button>
        )}
      </div>
    </>
  );
};

const Summary = ({
  draft,
  keep,
  input,
}: Pick<Props, "draft" | "keep"> & { input: RefObject<TextAreaRef | null> }) => {
  const t = caseWords.useWords();
  return (
    <div className={`${styles["row"]} ${styles["top"]}`}>
      <span className={styles["label"]}>{t("summary")}</span>
      <Input.TextArea
        ref={input}
        aria-label={t("summary")}
        placeholder={t("summaryHint")}
        value={draft.summary}
        maxLength={2000}
        rows={2}
        onChange={(event) => keep({ summary: event.target.value })}
      />
    </div>
  );
};

export const CaseForm = ({
  draft,
  keep,
  clear,
  save,
  isSaving,
  problem,
  isLocked = false,
  children,
  isPlaced = false,
}: Props) => {
  const t = caseWords.useWords();
  const { find, isRead } = useCategories();
  const complaintOf = useComplaint();
  const [complaint, setComplaint] = useState<string>();
  const [lacking, setLacking] = useState(false);
  const [pressed, setPressed] = useState(false);
  const select = useRef<RefSelectProps>(null);
  const summary = useRef<TextAreaRef>(null);
  const category = draft.category === null ? undefined : find(draft.category);
  useEffect(() => {
    if (isPlaced && !isLocked) select.current?.focus();
  }, [isPlaced, isLocked]);
  const submit = (): void => {
    if (isSaving) return;
    if (category === undefined && !isRead) {
      setPressed(true);
      return;
    }
    if (category === undefined) {
      setLacking(true);
      select.current?.focus();
      return;
    }
    const read = readFields(category.fields, draft.fields);
    setComplaint(complaintOf(read));
    if (!read.ok) return;
    save({ draft, category, summary: textOrNothing(draft.summary), fields: read.values });
  };
  useShortcut("n", t("focus"), () => select.current?.focus());
  useShortcut("$mod+Enter", t("save"), submit);
  const take = (code: string): void => {
    setComplaint(undefined);
    keep({ category: code, fields: {}, severity: null });
  };
  // Once the list has closed: what comes next is said in words.
  const goOn = (): void => void requestAnimationFrame(() => summary.current?.focus());
  const haste = useHaste({
    take,
    submit,
    pressed,
    setPressed,
    miss: (typed) => {
      setComplaint(t("noSuchCategory", { typed }));
      select.current?.focus();
    },
  });
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ConfigProvider componentDisabled={isLocked}>
        {children}
        <div className={styles["row"]}>
          <span className={styles["label"]}>{t("category")}</span>
          <CategorySelect
            value={draft.category}
            choose={(code) => {
              take(code);
              goOn();
            }}
            chooseLater={(typed) => {
              haste.setLater(typed);
              goOn();
            }}
            later={haste.later}
            selectRef={select}
          />
        </div>
        <Summary draft={draft} keep={keep} input={summary} />
        <CaseFields
          fields={category?.fields ?? []}
          values={draft.fields}
          change={(name, value) => keep({ fields: { ...draft.fields, [name]: value } })}
        />
        <HowAndWho draft={draft} keep={keep} category={category} />
      </ConfigProvider>
      <Saving
        complaint={lacking && category === undefined ? t("needsCategory") : complaint}
        problem={problem}
        isSaving={isSaving || pressed}
        clear={isUntouched(draft) || isLocked ? undefined : clear}
      />
    </form>
  );
};
