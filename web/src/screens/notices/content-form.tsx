/** What a notice says: purpose, ways, template, and what is filled in. */
import { Checkbox, Form, Input, Radio, Select } from "antd";
import { useCodes } from "#web/words/codes.ts";
import { aboutIn } from "#web/words/about.ts";
import { type Channel, CHANNELS } from "./filters.ts";
import { fitting, type NoticeDraft, PURPOSES, type Template, variablesOf } from "./notice-draft.ts";
import styles from "./notices.module.css";
import type { RefusedValue } from "./refused-value.ts";
import { editorWords, useVariableNames } from "./words-editor.ts";

type Props = {
  readonly draft: NoticeDraft;
  readonly keep: (change: Partial<NoticeDraft>) => void;
  readonly templates: readonly Template[];
  /** Of the chosen template, one a channel. */
  readonly texts: readonly Template[];
  /** Purpose and emergency of a stored notice stay. */
  readonly isStored: boolean;
  /** Which of the values was refused. */
  readonly refused: RefusedValue | undefined;
};

const Values = ({ draft, keep, texts, refused }: Pick<Props, "draft" | "keep" | "texts" | "refused">) => {
  const t = editorWords.useWords();
  const called = useVariableNames();
  return (
    <>
      {variablesOf(texts).map(({ name, sample, longest, optional }) => (
        <Form.Item
          key={name}
          label={optional ? `${called(name)} (${t("optional")})` : called(name)}
          htmlFor={`notice-value-${name}`}
          extra={`${t("longest", { count: longest })} · ${t("example", { sample })}`}
          {...(refused?.name === name
            ? {
                validateStatus: "error" as const,
                help: t(`refused.${refused.reason}`, { sign: refused.sign }),
              }
            : {})}
        >
          <Input.TextArea
            id={`notice-value-${name}`}
            rows={longest > 60 ? 2 : 1}
            className={styles["grows"] ?? ""}
            maxLength={longest}
            showCount={longest > 30}
            value={draft.values[name] ?? ""}
            onChange={(event) => keep({ values: { ...draft.values, [name]: event.target.value } })}
          />
        </Form.Item>
      ))}
    </>
  );
};

const Times = ({ draft, keep }: Pick<Props, "draft" | "keep">) => {
  const t = editorWords.useWords();
  return (
    <div className={styles["two"]}>
      {(["startsAt", "expiresAt"] as const).map((name) => (
        <Form.Item key={name} label={`${t(name)} (${t("optional")})`} htmlFor={`notice-${name}`}>
          <Input
            id={`notice-${name}`}
            type="datetime-local"
            value={draft[name]}
            onChange={(event) => keep({ [name]: event.target.value })}
          />
        </Form.Item>
      ))}
    </div>
  );
};

const Ways = ({ draft, keep, isStored }: Pick<Props, "draft" | "keep" | "isStored">) => {
  const t = editorWords.useWords();
  const word = useCodes();
  return (
    <div className={styles["two"]}>
      <Form.Item label={t("purpose")} htmlFor="notice-purpose">
        <Select
          id="notice-purpose"
          disabled={isStored}
          value={draft.purpose}
          onChange={(purpose) => keep({ purpose, template: "" })}
          options={PURPOSES.map((code) => ({ value: code, label: word("purpose", code) }))}
        />
      </Form.Item>
      <Form.Item label={t("channels")} htmlFor="notice-channels" extra={t("channelsHint")}>
        <Select<Channel[]>
          id="notice-channels"
          mode="multiple"
          value={draft.channels}
          onChange={(channels) => keep({ channels })}
          options={CHANNELS.map((code) => ({ value: code, label: word("medium", code) }))}
        />
      </Form.Item>
    </div>
  );
};

export const ContentForm = ({ draft, keep, templates, texts, isStored, refused }: Props) => {
  const t = editorWords.useWords();
  const choices = fitting(templates, draft);
  return (
    <section className={styles["panel"]} aria-label={t("what")}>
      <h2 className={styles["heading"]}>{t("what")}</h2>
      <Form.Item label={t("title")} htmlFor="notice-title" extra={t("titleHint")}>
        <Input
          id="notice-title"
          maxLength={120}
          value={draft.title}
          onChange={(event) => keep({ title: event.target.value })}
        />
      </Form.Item>
      <Ways draft={draft} keep={keep} isStored={isStored} />
      <Form.Item label={t("language")}>
        <Radio.Group
          aria-label={t("language")}
          value={draft.locale}
          onChange={(event) => keep({ locale: event.target.value as "zh-CN" | "en" })}
          options={[
            { value: "zh-CN", label: t("chinese") },
            { value: "en", label: "English" },
          ]}
        />
      </Form.Item>
      <Form.Item label={t("template")} htmlFor="notice-template">
        <Select<string>
          id="notice-template"
          placeholder={t("chooseTemplate")}
          value={texts.length === 0 ? null : draft.template}
          onChange={(template) => keep({ template })}
          showSearch={{ optionFilterProp: "label" }}
          notFoundContent={t("noTemplate")}
          options={choices.map(({ name, about }) => ({
            value: name,
            label: `${aboutIn(about)} (${name})`,
          }))}
        />
      </Form.Item>
      {texts.map((text) => (
        <p key={text.channel} className={styles["templateWords"]}>
          {text.words}
        </p>
      ))}
      <Values draft={draft} keep={keep} texts={texts} refused={refused} />
      <Times draft={draft} keep={keep} />
      {draft.purpose === "incident-update" || draft.purpose === "service-notice" ? (
        <Checkbox
          disabled={isStored}
          checked={draft.emergency}
          onChange={(event) => keep({ emergency: event.target.checked })}
        >
          {t("emergency")}
        </Checkbox>
      ) : null}
      {draft.purpose === "incident-update" || draft.emergency ? (
        <Checkbox checked={draft.atNight} onChange={(event) => keep({ atNight: event.target.checked })}>
          {t("atNight")}
        </Checkbox>
      ) : null}
    </section>
  );
};
