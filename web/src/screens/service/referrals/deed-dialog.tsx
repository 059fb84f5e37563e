/** What a deed about an order asks for. What was typed stays until it is done. */
import { useMutation } from "@tanstack/react-query";
import { Input, Modal, Radio } from "antd";
import { Problem } from "#web/furniture/problem.tsx";
import { useDialogShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { wallTimeOf } from "#web/furniture/wall-time.ts";
import styles from "../cases/cases.module.css";
import { referralWords } from "../words-referral.ts";
import { type Deed, type DeedDraft, EMPTY_DEED, lacks, runDeed } from "./referral-deeds.ts";
import { forgetReferrals, type Referral } from "./use-referral.ts";

const CHOICES = {
  "return-answer": ["takenBackYes", "takenBackNo"],
  verdict: ["yes", "no"],
} as const;
const TEXTS = {
  return: "returnReason",
  "return-answer": "answerText",
  extension: "why",
  again: "againDemand",
} as const;
const HOURS: ReadonlySet<Deed> = new Set(["extension", "grant", "again"]);

const hasChoice = (deed: Deed): deed is keyof typeof CHOICES => deed in CHOICES;
const hasText = (deed: Deed): deed is keyof typeof TEXTS => deed in TEXTS;

type Part = {
  readonly deed: Deed;
  readonly draft: DeedDraft;
  readonly keep: (change: Partial<DeedDraft>) => void;
};

const Fields = ({ deed, draft, keep }: Part) => {
  const t = referralWords.useWords();
  return (
    <>
      {hasChoice(deed) ? (
        <Radio.Group
          aria-label={t(deed)}
          value={draft.yes}
          onChange={(event) => keep({ yes: event.target.value === true })}
          options={[
            { value: true, label: t(CHOICES[deed][0]) },
            { value: false, label: t(CHOICES[deed][1]) },
          ]}
        />
      ) : null}
      {HOURS.has(deed) ? (
        <label className={styles["row"]}>
          <span className={styles["label"]}>{t(deed === "again" ? "due" : "until")}</span>
          <input
            type="datetime-local"
            className={styles["hour"]}
            value={draft.until}
            onChange={(event) => keep({ until: event.target.value })}
          />
        </label>
      ) : null}
      {deed === "again" ? (
        <Input
          aria-label={t("againNo")}
          placeholder={t("againNo")}
          maxLength={60}
          value={draft.outsideNo}
          onChange={(event) => keep({ outsideNo: event.target.value })}
        />
      ) : null}
      {hasText(deed) ? (
        <Input.TextArea
          autoFocus
          aria-label={t(TEXTS[deed])}
          placeholder={t(TEXTS[deed])}
          rows={3}
          maxLength={1000}
          value={draft.text}
          onChange={(event) => keep({ text: event.target.value })}
        />
      ) : null}
    </>
  );
};

export const DeedDialog = ({
  deed,
  referral,
  close,
}: {
  deed: Deed;
  referral: Referral;
  close: () => void;
}) => {
  const t = referralWords.useWords();
  const { draft, keep, clear } = useDraft<DeedDraft>(`referral-${referral.id}-${deed}`, {
    ...EMPTY_DEED,
    until: deed === "grant" ? wallTimeOf(referral.extension?.askedDueAt) : "",
  });
  const send = useMutation({ mutationFn: () => runDeed(deed, referral, draft) });
  const isLacking = lacks(deed, draft);
  const submit = (): void => {
    if (isLacking || send.isPending) return;
    send.mutate(undefined, {
      onSuccess: () => {
        clear();
        void forgetReferrals();
        close();
      },
      // Somebody may have been quicker: what holds now is read, and the same words can be sent on it.
      onError: () => void forgetReferrals(),
    });
  };
  useDialogShortcut("$mod+Enter", t(deed), submit);
  return (
    <Modal
      open
      title={t(deed)}
      okText={`${t(deed)} (Ctrl+Enter)`}
      okButtonProps={{ disabled: isLacking, loading: send.isPending }}
      onCancel={close}
      onOk={submit}
    >
      <div className={styles["form"]}>
        <Fields deed={deed} draft={draft} keep={keep} />
        <Problem error={send.error} />
      </div>
    </Modal>
  );
};
