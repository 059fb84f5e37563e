/** Whom a notice would reach at this instant, at what cost, and some of its messages as they would be. */
import { Alert } from "antd";
import type { Answer } from "#web/api/types.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { yuan } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { useCodes } from "#web/words/codes.ts";
import styles from "./notices.module.css";
import { useReasons } from "./words-funnel.ts";
import { editorWords } from "./words-editor.ts";

type Preview = Answer<"get", "/notices/{id}/preview">;

/** Thousandths of a fen as yuan. */
export const yuanOfMilliFen = (milliFen: number): string => yuan(Math.round(milliFen / 1000));

const Figures = ({ preview, withText }: { preview: Preview; withText: boolean }) => {
  const t = editorWords.useWords();
  const { counts } = preview;
  const figures: readonly (readonly [string, string])[] = [
    [t("households"), counts.households.toLocaleString("en-US")],
    [t("reachable"), counts.reachable.toLocaleString("en-US")],
    [t("messages"), counts.messages.toLocaleString("en-US")],
    ...(withText
      ? [
          [t("segments"), preview.segments.toLocaleString("en-US")] as const,
          [t("cost"), yuanOfMilliFen(preview.costMilliFen)] as const,
        ]
      : []),
  ];
  return (
    <dl className={styles["figures"]}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

const Samples = ({ samples }: { samples: Preview["samples"] }) => {
  const t = editorWords.useWords();
  const word = useCodes();
  return (
    <>
      <h2 className={styles["heading"]}>{t("samples")}</h2>
      <ul className={styles["samples"]}>
        {samples.map((sample) => (
          <li key={`${sample.channel} ${sample.accountNo} ${sample.homeCount}`}>
            <p className={styles["sampleHead"]}>
              {word("medium", sample.channel)} · {sample.accountNo}
              {sample.homeCount > 1 ? ` · ${t("forHomes", { count: sample.homeCount })}` : ""}
              {sample.segments === null ? null : (
                <>
                  {" "}
                  <Mark>{t("segmentCount", { count: sample.segments })}</Mark>
                </>
              )}
            </p>
            <p className={styles["bubble"]}>{sample.text}</p>
          </li>
        ))}
      </ul>
    </>
  );
};

type Props = {
  readonly preview: Preview;
  readonly withText?: boolean;
  /** Samples that are shown; beside a form few, so that the figures stay in sight. */
  readonly most?: number;
};

export const PreviewPanel = ({ preview, withText = true, most = 8 }: Props) => {
  const t = editorWords.useWords();
  const word = useCodes();
  const why = useReasons();
  const { counts, sameWords } = preview;
  return (
    <section aria-label={t("live")}>
      <Figures preview={preview} withText={withText} />
      {preview.isPart ? <Alert type="info" title={t("part")} /> : null}
      {sameWords.homes > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={t("sameWords", { homes: sameWords.homes, ids: sameWords.noticeIds.join(", ") })}
        />
      ) : null}
      <Facts
        rows={[
          ...Object.entries(counts.byChannel).map(
            ([channel, count]) => [word("medium", channel), count.toLocaleString("en-US")] as const,
          ),
          ...Object.entries(counts.gaps).map(
            ([gap, count]) => [`${t("gaps")} · ${why(gap)}`, count.toLocaleString("en-US")] as const,
          ),
        ]}
      />
      {counts.mostHomes > 1 ? (
        <p className={styles["quiet"]}>{t("mostHomes", { count: counts.mostHomes })}</p>
      ) : null}
      {withText ? (
        <Samples samples={preview.samples.slice(0, most)} />
      ) : (
        <p className={styles["quiet"]}>{t("noText")}</p>
      )}
    </section>
  );
};
