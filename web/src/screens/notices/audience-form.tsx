/** The audience as a question: places are added up, everything else narrows them down. */
import { Checkbox, Form, Input, Select } from "antd";
import { PlacePicker } from "#web/furniture/place-picker.tsx";
import { useCodes } from "#web/words/codes.ts";
import { debtFaults, type NoticeDraft, strangeAccountNos } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { editorWords } from "./words-editor.ts";

type Props = { readonly draft: NoticeDraft; readonly keep: (change: Partial<NoticeDraft>) => void };

const SUPPLY = [
  "supplied",
  "suspended",
  "undecided",
  "closed-for-arrears",
  "closed-for-violation",
  "cut-off",
  "never-opened",
] as const;
const HOLDS = ["dispute", "care", "payment-plan", "mourning"] as const;
const CLASSES = ["residential", "non-residential"] as const;

const Where = ({ draft, keep }: Props) => {
  const t = editorWords.useWords();
  const strange = strangeAccountNos(draft);
  const fault =
    strange.length === 0
      ? {}
      : {
          validateStatus: "error" as const,
          help: t("homesFault", { numbers: strange.slice(0, 5).join("、"), count: strange.length }),
        };
  return (
    <>
      <Checkbox checked={draft.everybody} onChange={(event) => keep({ everybody: event.target.checked })}>
        {t("everybody")}
      </Checkbox>
      {[...(draft.kept.missedBy ?? []), ...(draft.kept.toldBy ?? [])].map((id) => (
        <p key={id} className={styles["quiet"]}>
          {t("missed", { id })}
        </p>
      ))}
      {draft.everybody && draft.places.length === 0 && draft.accountNos.trim() === "" ? null : (
        <>
          <PlacePicker places={draft.places} change={(places) => keep({ places })} />
          <Form.Item label={t("homes")} htmlFor="notice-homes" extra={t("homesHint")} {...fault}>
            <Input.TextArea
              id="notice-homes"
              rows={1}
              className={styles["grows"] ?? ""}
              value={draft.accountNos}
              onChange={(event) => keep({ accountNos: event.target.value })}
            />
          </Form.Item>
        </>
      )}
    </>
  );
};

const Debt = ({ draft, keep }: Props) => {
  const t = editorWords.useWords();
  const faults = debtFaults(draft);
  const complaint = (name: "owesAtLeast" | "owesSeason") =>
    faults.includes(name) ? { validateStatus: "error" as const, help: t(`${name}Fault`) } : {};
  return (
    <div>
      <Checkbox checked={draft.owes} onChange={(event) => keep({ owes: event.target.checked })}>
        {t("owes")}
      </Checkbox>
      {draft.owes ? (
        <div className={styles["two"]}>
          <Form.Item label={t("owesAtLeast")} htmlFor="notice-owes" {...complaint("owesAtLeast")}>
            <Input
              id="notice-owes"
              inputMode="decimal"
              value={draft.owesAtLeast}
              onChange={(event) => keep({ owesAtLeast: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t("owesSeason")} htmlFor="notice-season" {...complaint("owesSeason")}>
            <Input
              id="notice-season"
              inputMode="numeric"
              maxLength={4}
              value={draft.owesSeason}
              onChange={(event) => keep({ owesSeason: event.target.value })}
            />
          </Form.Item>
          <Checkbox
            checked={draft.owesOffers}
            onChange={(event) => keep({ owesOffers: event.target.checked })}
          >
            {t("owesOffers")}
          </Checkbox>
        </div>
      ) : null}
    </div>
  );
};

const Narrow = ({ draft, keep }: Props) => {
  const t = editorWords.useWords();
  const word = useCodes();
  const holds = HOLDS.map((code) => ({ value: code, label: word("hold", code) }));
  return (
    <div className={styles["two"]}>
      <Form.Item label={t("supply")} htmlFor="notice-supply">
        <Select
          id="notice-supply"
          mode="multiple"
          placeholder={t("supplyHint")}
          value={draft.supply}
          onChange={(supply) => keep({ supply })}
          options={SUPPLY.map((code) => ({ value: code, label: word("supply", code) }))}
        />
      </Form.Item>
      <Form.Item label={t("heatClass")} htmlFor="notice-class">
        <Select<NoticeDraft["heatClass"]>
          id="notice-class"
          value={draft.heatClass}
          onChange={(heatClass) => keep({ heatClass })}
          options={[
            { value: "", label: t("anyClass") },
            ...CLASSES.map((code) => ({ value: code, label: word("heat", code) })),
          ]}
        />
      </Form.Item>
      <Form.Item label={t("floors")} htmlFor="notice-floors">
        <Select
          id="notice-floors"
          mode="tags"
          open={false}
          suffixIcon={null}
          placeholder={t("floorsHint")}
          tokenSeparators={[",", "，", "、", " "]}
          value={draft.floors}
          onChange={(floors) => keep({ floors })}
        />
      </Form.Item>
      <Form.Item label={t("onHold")} htmlFor="notice-on-hold">
        <Select
          id="notice-on-hold"
          mode="multiple"
          value={draft.onHold}
          onChange={(onHold) => keep({ onHold })}
          options={holds}
        />
      </Form.Item>
      <Form.Item label={t("notOnHold")} htmlFor="notice-not-on-hold">
        <Select
          id="notice-not-on-hold"
          mode="multiple"
          value={draft.notOnHold}
          onChange={(notOnHold) => keep({ notOnHold })}
          options={holds}
        />
      </Form.Item>
      <Debt draft={draft} keep={keep} />
    </div>
  );
};

export const AudienceForm = (props: Props) => {
  const t = editorWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("whom")}>
      <h2 className={styles["heading"]}>{t("whom")}</h2>
      <Where {...props} />
      <h2 className={styles["heading"]}>{t("narrow")}</h2>
      <Narrow {...props} />
    </section>
  );
};
