/** Texts that one person may send at once: asked for by one, approved by a second in the approvals, put in force by the first. */
import { Link } from "@tanstack/react-router";
import { Button, Table } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/shell/session.ts";
import { useCodes } from "#web/words/codes.ts";
import type { Template } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { settingsWords } from "./words-settings.ts";

const keyOf = (text: Pick<Template, "name" | "channel" | "locale">): string =>
  `${text.name} ${text.channel} ${text.locale}`;

/** Texts that follow by themselves, or that one person sends when heat has gone; the others need two people each time. */
const CANDIDATES =
  /^(supply-(outage|new-time|back)|test-(day-before|moved|postponed|cancelled|passed|failed)|cold-run-day-before)$/;

export const EmergencyTexts = () => {
  const t = settingsWords.useWords();
  const word = useCodes();
  const may = useMay();
  const templates = api.useQuery("get", "/message-templates", {}, { staleTime: 600_000 });
  const approved = api.useQuery("get", "/notice-emergency-texts");
  // What was asked for stays in this tab until it is in force.
  const asked = useDraft<Record<string, string>>("emergency-texts", {});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<string>();
  const send = async (text: Template, approvalId: string | undefined): Promise<void> => {
    const key = keyOf(text);
    setBusy(key);
    setError(null);
    try {
      const { name: template, channel, locale } = text;
      const { data } = await call.POST("/notice-emergency-texts", {
        body: { template, channel, locale, ...(approvalId === undefined ? {} : { approvalId }) },
      });
      asked.keep({ [key]: data?.approved === true ? "" : (data?.approvalId ?? "") });
      await forget("/notice-emergency-texts");
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(undefined);
    }
  };
  const inForce = new Map(
    (approved.data?.items ?? []).map((one) => [`${one.template} ${one.channel} ${one.locale}`, one]),
  );
  const rows = (templates.data?.items ?? []).filter(({ name }) => CANDIDATES.test(name));
  return (
    <section className={styles["panel"]} aria-label={t("texts")}>
      <h2 className={styles["heading"]}>{t("texts")}</h2>
      <p className={styles["quiet"]}>
        {t("textsAbout")}{" "}
        {may("approval.read") ? <Link to="/finance/approvals">{t("approvals")}</Link> : null}
      </p>
      <Problem error={templates.error ?? approved.error ?? error} />
      <Table
        aria-label={t("texts")}
        size="small"
        pagination={false}
        rowKey={keyOf}
        dataSource={rows}
        columns={[
          { title: t("text"), dataIndex: "name" },
          { title: t("channel"), render: (_, row) => word("medium", row.channel) },
          { title: t("language"), dataIndex: "locale" },
          {
            title: t("state"),
            render: (_, row) => {
              const standing = inForce.get(keyOf(row));
              const waiting = asked.draft[keyOf(row)] ?? "";
              if (standing !== undefined) {
                return t("approved", { by: standing.approvedBy, at: dateTime(standing.approvedAt) });
              }
              return (
                <>
                  {waiting === "" ? t("notApproved") : t("asked", { id: waiting })}{" "}
                  <Button
                    size="small"
                    loading={busy === keyOf(row)}
                    onClick={() => void send(row, waiting === "" ? undefined : waiting)}
                  >
                    {t(waiting === "" ? "askFor" : "putInForce")}
                  </Button>
                </>
              );
            },
          },
        ]}
      />
    </section>
  );
};
