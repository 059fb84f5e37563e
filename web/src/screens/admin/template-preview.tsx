/** Words that are being written, as a household will read them: asked again when they have stood for a moment. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { call } from "#web/api/client.ts";
import type { Answer, Body } from "#web/api/types.ts";
import { dateTime, yuanOfMilliFen } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useSettled } from "#web/furniture/use-settled.ts";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { words } from "./words.ts";

type Question = Body<"post", "/message-template-versions/preview">;
type Text = Answer<"post", "/message-template-versions/preview">["texts"][number];
const WAIT_MS = 400;

export const Findings = ({ findings }: { findings: Text["findings"] }) => {
  const t = words.useWords();
  return findings.map((finding) => (
    <p key={finding.rule + finding.text}>
      <Tag color={finding.level === "error" ? "error" : "warning"}>{t(`rule.${finding.rule}`)}</Tag>{" "}
      {language() === "en" ? finding.text : finding.about}
    </p>
  ));
};

const asRead = (filled: Text["filled"]): string =>
  filled === null ? "" : filled.subject === "" ? filled.text : `${filled.subject}\n\n${filled.text}`;

const OneText = ({ text }: { text: Text }) => {
  const t = words.useWords();
  const { counted, most } = text;
  return (
    <article aria-label={t(`lang.${text.locale}`)}>
      <h3>{t(`lang.${text.locale}`)}</h3>
      <Findings findings={text.findings} />
      {text.findings.length === 0 ? <Tag color="success">{t("sound")}</Tag> : null}
      {text.filled === null ? (
        <p className={styles["quiet"]}>{t("unreadableYet")}</p>
      ) : (
        <>
          <p className={styles["quiet"]}>{t("willRead")}</p>
          <p className={styles["said"]}>{asRead(text.filled)}</p>
        </>
      )}
      {asRead(text.before) === asRead(text.filled) ? null : (
        <>
          <p className={styles["quiet"]}>{t("readNow")}</p>
          <p className={styles["said"]}>{asRead(text.before)}</p>
        </>
      )}
      {counted === null || most === null ? null : (
        <p className={styles["quiet"]}>
          {t("counted", {
            units: counted.units,
            segments: counted.segments,
            yuan: yuanOfMilliFen(counted.costMilliFen),
            most: most.segments,
            mostYuan: yuanOfMilliFen(most.costMilliFen),
          })}
        </p>
      )}
    </article>
  );
};

export const TemplatePreview = ({ question }: { question: Question }) => {
  const t = words.useWords();
  const settled = useSettled(JSON.stringify(question), WAIT_MS);
  const { data, error } = useQuery({
    queryKey: ["post", "/message-template-versions/preview", settled],
    queryFn: async ({ signal }) =>
      (
        await call.POST("/message-template-versions/preview", {
          body: JSON.parse(settled) as Question,
          signal,
        })
      ).data ?? null,
    placeholderData: keepPreviousData,
  });
  return (
    <div aria-live="polite">
      <Problem error={error} />
      {data === undefined || data === null || error !== null ? null : (
        <>
          <p className={styles["quiet"]}>
            {data.from === null
              ? t("previewSamples")
              : t("previewFrom", { accountNo: data.from.accountNo, at: dateTime(data.from.at) })}
          </p>
          {data.texts.map((text) => (
            <OneText key={text.locale} text={text} />
          ))}
        </>
      )}
    </div>
  );
};
