/** One message as a proof: when it was queued, called and answered, whom it named, what was reported. */
import { Link } from "@tanstack/react-router";

import { api } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { useMay } from "#web/api/session.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useCodes } from "#web/words/codes.ts";
import styles from "./messages.module.css";
import { words } from "./words.ts";

/** The words that it was made of, whatever the template says by now; a message that was never called has none. */
const SaidWords = ({ message }: { message: Answer<"get", "/messages/{id}"> }) => {
  const { channel, template: name, locale, templateVersion: label } = message;
  const { data, error } = api.useQuery(
    "get",
    "/message-template-words",
    { params: { query: { channel, name, locale: locale === "en" ? "en" : "zh-CN", label } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  // Sent by a release that kept no words: its number is all there is.
  if (error !== null && problemOf(error).code === "template.words-unknown")
    return <span className={styles["quiet"]}>{label}</span>;
  return data === undefined ? (
    <Problem error={error} />
  ) : (
    <span className={styles["said"]}>{data.words}</span>
  );
};

const NOTICE = /^notice:(\d+)$/;

export const MessageProof = ({ id }: { id: string }) => {
  const t = words.useWords();
  const word = useCodes();
  const may = useMay();
  const { data, error, refetch } = api.useQuery("get", "/messages/{id}", { params: { path: { id } } });
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const noticeId = NOTICE.exec(data.regarding)?.[1];
  return (
    <>
      <Facts
        rows={[
          [t("state"), `${word("message", data.state)} ${data.reason}`.trim()],
          [t("channel"), `${word("medium", data.channel)} · ${data.provider}`],
          [t("purpose"), word("purpose", data.purpose)],
          [t("recipient"), data.recipient],
          [t("sentTo"), data.sentTo],
          [
            t("account"),
            data.accountNo === null ? null : (
              <Link key="account" to="/households/$accountNo" params={{ accountNo: data.accountNo }}>
                {data.accountNo}
              </Link>
            ),
          ],
          [
            t("regarding"),
            noticeId === undefined ? (
              data.regarding
            ) : (
              <Link key="notice" to="/notices/$noticeId" params={{ noticeId }}>
                {data.regarding}
              </Link>
            ),
          ],
          [t("template"), `${data.template} v${data.templateVersion} (${data.locale})`],
          [
            t("saidWords"),
            data.templateVersion === "" || !may("message.set-up") ? null : (
              <SaidWords key="said" message={data} />
            ),
          ],
          [t("segments"), data.segments],
          [t("attempts"), data.attempts],
          [t("queued"), dateTime(data.queuedAt)],
          [t("called"), dateTime(data.calledAt)],
          [t("answered"), dateTime(data.answeredAt)],
          [t("settled"), dateTime(data.settledAt)],
          [t("decideSince"), dateTime(data.decideSince)],
          ["", data.state === "unknown" && data.decideSince === null ? t("notYet") : null],
        ]}
      />
      {data.homes.length === 0 ? null : (
        <>
          <h2 className={styles["heading"]}>{t("homes")}</h2>
          <ul>
            {data.homes.map((home) => (
              <li key={`${home.accountNo ?? ""} ${home.label}`}>
                {home.label} {home.leftOut === "" ? "" : t("leftOut", { why: home.leftOut })}
              </li>
            ))}
          </ul>
          {data.otherHomes > 0 ? <p>{t("otherHomes", { count: data.otherHomes })}</p> : null}
        </>
      )}
      <h2 className={styles["heading"]}>{t("receipts")}</h2>
      {data.receipts.length === 0 ? (
        <Empty text={t("noReceipts")} />
      ) : (
        <Table
          aria-label={t("receipts")}
          rowKey={(row) => `${row.receivedAt} ${row.state} ${row.code}`}
          dataSource={data.receipts}
          columns={[
            { title: t("shown"), render: (_, row) => dateTime(row.happenedAt) },
            { title: t("state"), render: (_, row) => word("message", row.state) },
            { title: t("reason"), dataIndex: "code" },
            { title: t("provider"), dataIndex: "provider" },
          ]}
        />
      )}
    </>
  );
};
