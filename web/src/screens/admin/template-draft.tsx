/** A version that is being written: its words in each language, what they will look like, and the way to a second person. */
import { Alert, Button, Form, Input } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { tellDone } from "#web/furniture/above.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { DayField, isRead } from "#web/furniture/day-field.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useTypedOver } from "#web/furniture/use-typed-over.ts";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { TemplatePreview } from "./template-preview.tsx";
import { forgetTemplates, LOCALES, type Template, type Version } from "./templates.ts";
import { words } from "./words.ts";

type Asked = { accountNo: string; reason: string; liveDay: string };

const NUMBER = /^[0-9A-Za-z-]{4,32}$/;

/** The words as they are typed in the languages of the template, and what is asked with them. */
const useWriting = (version: Version) => {
  const spoken = LOCALES.filter((locale) => version.words[locale] !== null);
  const theirs = Object.fromEntries(spoken.map((locale) => [locale, version.words[locale] ?? ""]));
  const asked = useDraft<Asked>(`template-ask-${version.id}`, {
    accountNo: "",
    reason: version.reason,
    liveDay: "",
  });
  const typed = useTypedOver(`template-words-${version.id}`, { texts: theirs, version: version.version });
  return { ...typed, spoken, theirs, asked };
};
type Writing = ReturnType<typeof useWriting>;

const Texts = ({
  writing: { spoken, shown, type },
  template,
  isFixed,
}: {
  writing: Writing;
  template: Template;
  isFixed: boolean;
}) => {
  const t = words.useWords();
  const names = template.variables.map(({ name }) => `{{${name}}}`).join(" ");
  return spoken.map((locale) => (
    <Form.Item
      key={locale}
      label={t("wordsIn", { language: t(`lang.${locale}`) })}
      htmlFor={`template-words-${locale}`}
      extra={names === "" ? undefined : t("placeholders", { names })}
    >
      <Input.TextArea
        id={`template-words-${locale}`}
        rows={2}
        className={styles["grows"] ?? ""}
        maxLength={4000}
        readOnly={isFixed}
        value={shown[locale] ?? ""}
        onChange={(event) => type({ [locale]: event.target.value })}
      />
    </Form.Item>
  ));
};

/** Somebody else has saved meanwhile: nothing of either is lost until this person says which. */
const Others = ({ writing: { spoken, theirs, clear, keepMine } }: { writing: Writing }) => {
  const t = words.useWords();
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t("othersWrote")}
      description={
        <>
          {spoken.map((locale) => (
            <p key={locale} className={styles["said"]}>
              {theirs[locale]}
            </p>
          ))}
          <p className={styles["row"]}>
            <Button size="small" onClick={clear}>
              {t("takeTheirs")}
            </Button>
            <Button size="small" onClick={keepMine}>
              {t("keepMine")}
            </Button>
          </p>
        </>
      }
    />
  );
};

/** Saves what was typed, then asks. What is refused is shown; what was saved before it stays saved. */
const useSteps = (version: Version, { asked, shown, isChanged, over, clear }: Writing) => {
  const t = words.useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const at = (number: number) => ({
    params: { path: { id: version.id }, header: { "If-Match": `"${number}"` } },
  });
  const save = async (): Promise<number> => {
    if (!isChanged) return version.version;
    const { data } = await call.PUT("/message-template-versions/{id}", {
      ...at(over),
      body: { words: shown },
    });
    // It is saved, whatever becomes of the asking: what is typed next is typed over it.
    await forgetTemplates();
    clear();
    return data?.version ?? version.version;
  };
  const ask = async (): Promise<void> => {
    const { reason, liveDay } = asked.draft;
    await call.POST("/message-template-versions/{id}/approval-requests", {
      ...at(await save()),
      body: { reason: reason.trim(), ...(liveDay === "" ? {} : { liveDay }) },
    });
    asked.clear();
  };
  const run = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await work();
      tellDone(said);
    } catch (refused) {
      setError(refused);
    } finally {
      await forgetTemplates();
      setBusy(false);
    }
  };
  return {
    save: () => void run(save, t("saved")),
    submit: () => void run(ask, t("submitted")),
    isBusy,
    error,
  };
};

const dayOf = (text: string): Dayjs | null => (text === "" ? null : dayjs(text));

export const TemplateDraft = ({ version, template }: { version: Version; template: Template }) => {
  const t = words.useWords();
  const say = common.useWords();
  const writing = useWriting(version);
  const { asked, shown, isChanged, isBehind } = writing;
  const { draft, keep } = asked;
  const steps = useSteps(version, writing);
  const [isDiscarding, setDiscarding] = useState(false);
  const isProgram = version.kind === "program" && !isChanged;
  const discard = async (reason: string): Promise<void> => {
    await call.POST("/message-template-versions/{id}/cancel", {
      params: { path: { id: version.id }, header: { "If-Match": `"${version.version}"` } },
      body: { reason },
    });
    writing.clear();
    asked.clear();
    await forgetTemplates();
  };
  const { channel, name } = version;
  const accountNo = NUMBER.test(draft.accountNo.trim()) ? { accountNo: draft.accountNo.trim() } : {};
  return (
    <Form layout="vertical" onFinish={steps.submit}>
      {version.refusal === "" ? null : (
        <Alert type="warning" showIcon title={t("refused", { reason: version.refusal })} />
      )}
      {isProgram ? <Alert type="info" showIcon title={t("toProgramDraft")} /> : null}
      <Texts writing={writing} template={template} isFixed={version.kind === "program" || steps.isBusy} />
      {isBehind ? <Others writing={writing} /> : null}
      <Form.Item label={t("previewAs")} htmlFor="template-account" extra={t("previewAsHint")}>
        <Input
          id="template-account"
          maxLength={32}
          value={draft.accountNo}
          onChange={(event) => keep({ accountNo: event.target.value })}
        />
      </Form.Item>
      <TemplatePreview question={{ channel, name, words: shown, ...accountNo }} />
      <Form.Item label={t("whyWords")} htmlFor="template-reason" required>
        <Input
          id="template-reason"
          maxLength={200}
          value={draft.reason}
          onChange={(event) => keep({ reason: event.target.value })}
        />
      </Form.Item>
      <Form.Item label={t("liveDay")} htmlFor="template-day">
        <DayField
          id="template-day"
          value={dayOf(draft.liveDay)}
          onChange={(day) =>
            keep({ liveDay: day === null ? "" : isRead(day) ? day.format("YYYY-MM-DD") : "?" })
          }
        />
      </Form.Item>
      <Problem error={steps.error} />
      <p className={styles["row"]}>
        <Button
          type="primary"
          htmlType="submit"
          disabled={draft.reason.trim().length < 2 || draft.liveDay === "?"}
          loading={steps.isBusy}
        >
          {t("submitWords")}
        </Button>
        {version.kind === "own" ? (
          <Button disabled={!isChanged} loading={steps.isBusy} onClick={steps.save}>
            {say("save")}
          </Button>
        ) : null}
        <Button danger onClick={() => setDiscarding(true)}>
          {t("discard")}
        </Button>
      </p>
      {isDiscarding ? (
        <AskReason title={t("discard")} danger act={discard} close={() => setDiscarding(false)} />
      ) : null}
    </Form>
  );
};
