/** Texts that one person may send at once: asked for by one, approved by a second in the approvals, put in force by the first. */
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { whoText } from "#web/furniture/who.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import type { Template } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { settingsWords } from "./words-settings.ts";

const keyOf = (text: Pick<Template, "name" | "channel" | "locale">): string =>
  `${text.name} ${text.channel} ${text.locale}`;

/** Texts that follow by themselves, or that one person sends when heat has gone; the others need two people each time. */
const CANDIDATES =
  /^(supply-(outage|new-time|back)|test-(day-before|moved|postponed|cancelled|passed|failed)|cold-run-day-before)$/;

const APPROVAL_KIND = "notice.emergency-text";

/** What one asked for, by text: the number of the request, while it waits (`open`) or when a second person has said yes. */
const useAsked = (state: "open" | "approved"): ReadonlyMap<string, string> => {
  const { data } = api.useQuery("get", "/approvals", {
    params: { query: { kind: APPROVAL_KIND, mine: "true", state, limit: 200 } },
  });
  return new Map(
    // The youngest counts.
    (data?.items ?? []).toReversed().map(({ id, request }) => {
      const { template, channel, locale } = request;
      return [`${String(template)} ${String(channel)} ${String(locale)}`, id] as const;
    }),
  );
};

/** Asks for texts, or puts approved ones in force, one after the other; ends at the first that is refused. */
const useSending = () => {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<string>();
  const send = async (
    texts: readonly Template[],
    approvalOf: (text: Template) => string | undefined,
  ): Promise<void> => {
    if (busy !== undefined) return;
    setError(null);
    try {
      for (const text of texts) {
        setBusy(keyOf(text));
        const { name: template, channel, locale } = text;
        const approvalId = approvalOf(text);
        await call.POST("/notice-emergency-texts", {
          body: { template, channel, locale, ...(approvalId === undefined ? {} : { approvalId }) },
        });
      }
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(undefined);
      await forget("/notice-emergency-texts", "/approvals");
    }
  };
  return { error, busy, send };
};

const Rows = ({
  rows,
  inForce,
  waiting,
  ready,
  sending: { busy, send },
}: {
  rows: readonly Template[];
  inForce: ReadonlyMap<string, Answer<"get", "/notice-emergency-texts">["items"][number]>;
  waiting: ReadonlyMap<string, string>;
  ready: ReadonlyMap<string, string>;
  sending: ReturnType<typeof useSending>;
}) => {
  const t = settingsWords.useWords();
  const word = useCodes();
  const stateOf = (row: Template) => {
    const key = keyOf(row);
    const standing = inForce.get(key);
    const [approvalId, askedId] = [ready.get(key), waiting.get(key)];
    if (standing !== undefined)
      return t("approved", {
        by: whoText(standing.approvedBy, standing.approvedByName),
        at: dateTime(standing.approvedAt),
      });
    if (approvalId === undefined && askedId !== undefined) return t("asked", { id: askedId });
    return (
      <>
        {approvalId === undefined ? t("notApproved") : <Mark tone="good">{t("ready")}</Mark>}{" "}
        <Button
          size="small"
          loading={busy === key}
          aria-label={`${t(approvalId === undefined ? "askFor" : "putInForce")} ${row.name} ${word("medium", row.channel)} ${row.locale}`}
          onClick={() => void send([row], () => approvalId)}
        >
          {t(approvalId === undefined ? "askFor" : "putInForce")}
        </Button>
      </>
    );
  };
  return (
    <Table
      aria-label={t("texts")}
      rowKey={keyOf}
      dataSource={[...rows]}
      columns={[
        { title: t("text"), dataIndex: "name" },
        { title: t("channel"), render: (_, row) => word("medium", row.channel) },
        { title: t("language"), dataIndex: "locale" },
        { title: t("state"), render: (_, row) => stateOf(row) },
      ]}
    />
  );
};

export const EmergencyTexts = () => {
  const t = settingsWords.useWords();
  const may = useMay();
  const templates = api.useQuery("get", "/message-templates", {}, { staleTime: 600_000 });
  const approved = api.useQuery("get", "/notice-emergency-texts");
  const [waiting, ready] = [useAsked("open"), useAsked("approved")];
  const sending = useSending();
  const inForce = new Map(
    // Words that were changed since need two people again.
    (approved.data?.items ?? [])
      .filter(({ current }) => current)
      .map((one) => [`${one.template} ${one.channel} ${one.locale}`, one]),
  );
  const rows = (templates.data?.items ?? []).filter(({ name }) => CANDIDATES.test(name));
  const isOpen = (row: Template): boolean => !inForce.has(keyOf(row));
  const askable = rows.filter(
    (row) => isOpen(row) && !waiting.has(keyOf(row)) && !ready.has(keyOf(row)) && row.locale === "zh-CN",
  );
  const approvable = rows.filter((row) => isOpen(row) && ready.has(keyOf(row)));
  return (
    <section className={styles["panel"]} aria-label={t("texts")}>
      <h2 className={styles["heading"]}>{t("texts")}</h2>
      <p className={styles["quiet"]}>
        {t("textsAbout")}{" "}
        {may("approval.read") ? <Link to="/finance/approvals">{t("approvals")}</Link> : null}
      </p>
      <div className={styles["steps"]}>
        <Button
          disabled={askable.length === 0}
          loading={sending.busy !== undefined}
          onClick={() => void sending.send(askable, () => undefined)}
        >
          {t("askAll", { count: askable.length })}
        </Button>
        <Button
          type="primary"
          disabled={approvable.length === 0}
          loading={sending.busy !== undefined}
          onClick={() => void sending.send(approvable, (text) => ready.get(keyOf(text)))}
        >
          {t("putAll", { count: approvable.length })}
        </Button>
      </div>
      <Problem error={templates.error ?? approved.error ?? sending.error} />
      <Rows rows={rows} inForce={inForce} waiting={waiting} ready={ready} sending={sending} />
    </section>
  );
};
