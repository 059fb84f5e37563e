/** Changing what a template says: what is being written or waits, and every version before. */
import { Button } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who } from "#web/furniture/who.tsx";
import styles from "./admin.module.css";
import { TemplateDraft } from "./template-draft.tsx";
import { TemplateWaiting } from "./template-waiting.tsx";
import { forgetTemplates, LOCALES, type Template, type Version } from "./templates.ts";
import { words } from "./words.ts";

const useBegin = () => {
  const begin = api.useMutation("post", "/message-template-versions", {
    onSuccess: () => void forgetTemplates(),
  });
  return begin;
};
type Begin = ReturnType<typeof useBegin>;

const TONES = {
  draft: "plain",
  waiting: "warn",
  ahead: "info",
  live: "good",
  past: "plain",
  cancelled: "plain",
} as const;

const wordsText = (version: Version, t: ReturnType<typeof words.useWords>): string =>
  LOCALES.flatMap((locale) => {
    const text = version.words[locale];
    return text === null || text === undefined ? [] : [`${t(`lang.${locale}`)}: ${text}`];
  }).join("\n");

const labelsText = ({ labels }: Version): string =>
  LOCALES.flatMap((locale) => labels[locale] ?? []).join(" / ");

const registeredText = (version: Version, t: ReturnType<typeof words.useWords>): string =>
  version.registered
    .map(({ locale, state, providerTemplateId }) =>
      `${t(`lang.${locale}`)} ${state === "not-registered" ? t("registered.not-registered") : t(`approval.${state}`)} ${providerTemplateId}`.trim(),
    )
    .join("; ");

const OneVersion = ({
  version,
  begin,
  isOpen,
}: {
  version: Version;
  begin: Begin;
  /** Something is being written: one version at a time. */
  isOpen: boolean;
}) => {
  const t = words.useWords();
  const [isCallingOff, setCallingOff] = useState(false);
  const callOff = async (reason: string): Promise<void> => {
    await call.POST("/message-template-versions/{id}/cancel", {
      params: { path: { id: version.id }, header: { "If-Match": `"${version.version}"` } },
      body: { reason },
    });
    await forgetTemplates();
  };
  const { channel, name } = version;
  return (
    <li>
      <p className={styles["row"]}>
        <strong>{t("versionNo", { revision: version.revision })}</strong>
        <Mark tone={TONES[version.standing]}>{t(`standing.${version.standing}`)}</Mark>
        {version.kind === "program" ? t("ofProgram") : ""}
        {version.copiedRevision === null ? "" : t("copyOf", { revision: version.copiedRevision })}
        {version.standing === "past" && !isOpen ? (
          <Button
            size="small"
            loading={begin.isPending}
            onClick={() => begin.mutate({ body: { channel, name, copyOf: version.id } })}
          >
            {t("back")}
          </Button>
        ) : null}
        {version.standing === "ahead" ? (
          <Button size="small" danger onClick={() => setCallingOff(true)}>
            {t("callOff")}
          </Button>
        ) : null}
      </p>
      <p className={styles["said"]}>{wordsText(version, t)}</p>
      <Facts
        rows={[
          [t("whyWords"), version.reason],
          [t("liveSince"), version.liveFrom === null ? null : dateTime(version.liveFrom)],
          [t("draftedBy"), <Who key="by" login={version.draftedBy} name={version.draftedByName} />],
          [
            t("approvedBy"),
            version.approvedBy === null ? null : (
              <Who key="ok" login={version.approvedBy} name={version.approvedByName} />
            ),
          ],
          [t("named"), labelsText(version)],
          [t("registration"), version.kind === "own" ? registeredText(version, t) : null],
          [t("cancelled"), version.cancelReason],
        ]}
      />
      {isCallingOff ? (
        <AskReason title={t("callOff")} danger act={callOff} close={() => setCallingOff(false)} />
      ) : null}
    </li>
  );
};

const Begin = ({ languages, begin }: { languages: readonly Template[]; begin: Begin }) => {
  const t = words.useWords();
  const [first] = languages;
  if (first === undefined) return null;
  const { channel, name } = first;
  const said = Object.fromEntries(languages.map((one) => [one.locale, one.words]));
  const isOurs = languages.some(({ revision }) => revision !== null);
  return (
    <p className={styles["row"]}>
      <Button
        type="primary"
        loading={begin.isPending}
        onClick={() => begin.mutate({ body: { channel, name, words: said } })}
      >
        {t("beginDraft")}
      </Button>
      {isOurs ? (
        <Button
          loading={begin.isPending}
          onClick={() => begin.mutate({ body: { channel, name, program: true } })}
        >
          {t("toProgram")}
        </Button>
      ) : null}
    </p>
  );
};

export const TemplateChange = ({
  languages,
  template,
  versions,
}: {
  /** The template in each language that it speaks. */
  languages: readonly Template[];
  template: Template;
  versions: readonly Version[];
}) => {
  const t = words.useWords();
  const begin = useBegin();
  const open = versions.find(({ standing }) => standing === "draft" || standing === "waiting");
  return (
    <>
      <section className={styles["panel"]} aria-label={t("change")}>
        <h2>{t("change")}</h2>
        <p className={styles["quiet"]}>{t("changeHint")}</p>
        {open === undefined ? <Begin languages={languages} begin={begin} /> : null}
        <Problem error={begin.error} />
        {open?.standing === "draft" ? (
          <TemplateDraft key={open.id} version={open} template={template} />
        ) : null}
        {open?.standing === "waiting" ? <TemplateWaiting key={open.id} version={open} /> : null}
      </section>
      <section className={styles["panel"]} aria-label={t("versions")}>
        <h2>{t("versions")}</h2>
        {versions.length === 0 ? <p className={styles["quiet"]}>{t("noVersions")}</p> : null}
        <ul className={styles["changes"]}>
          {versions.map((version) => (
            <OneVersion key={version.id} version={version} begin={begin} isOpen={open !== undefined} />
          ))}
        </ul>
      </section>
    </>
  );
};
