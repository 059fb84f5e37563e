/** One message that was read: who wrote, what, what became of it, and what is done with it where no case took it. */
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { download } from "#web/api/documents.ts";
import type { Answer } from "#web/api/types.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { whoText } from "#web/furniture/who.tsx";
import { useCodes } from "#web/words/codes.ts";
import styles from "./messages.module.css";
import { CaseOf, PlaceMessage, PutAway } from "./settle-message.tsx";
import { receivedWords } from "./words-received.ts";

type Message = Answer<"get", "/received-messages/{id}">;

const MessageFacts = ({ message }: { message: Message }) => {
  const t = receivedWords.useWords();
  const word = useCodes();
  const { accountNo, settledAt } = message;
  return (
    <Facts
      rows={[
        [t("at"), dateTime(message.receivedAt)],
        [t("channel"), word("medium", message.channel)],
        [t("sender"), message.sender],
        [t("outcome"), message.outcome === null ? t("deciding") : t(`outcome.${message.outcome}`)],
        [t("machine"), message.automatic],
        [t("households"), message.households],
        [
          t("account"),
          accountNo === null ? null : (
            <Link key="account" to="/households/$accountNo" params={{ accountNo }}>
              {accountNo}
            </Link>
          ),
        ],
        [t("keyword"), message.keyword],
        [t("noAnswer"), message.noAnswer],
        [t("notes"), message.readingNotes],
        [
          t("settled"),
          settledAt === null
            ? null
            : t("settledLine", {
                by: whoText(message.settledBy, message.settledByName),
                at: dateTime(settledAt),
                note: message.settledNote,
              }),
        ],
      ]}
    />
  );
};

const Attachments = ({ attachments }: { attachments: Message["attachments"] }) => {
  const t = receivedWords.useWords();
  if (attachments.length === 0) return null;
  return (
    <>
      <h2 className={styles["heading"]}>{t("attachments")}</h2>
      <ul>
        {attachments.map((one) => (
          <li key={`${one.fileName} ${one.bytes} ${one.fileId ?? ""}`}>
            {one.fileName} · {one.foundType} ·{" "}
            {one.verdict === "kept" ? t("kept") : t("refused", { reason: one.reason })}
          </li>
        ))}
      </ul>
    </>
  );
};

/** Bytes as they came; whoever takes them leaves a trace. */
export const Original = ({ path, name }: { path: string; name: string }) => {
  const t = receivedWords.useWords();
  const [error, setError] = useState<unknown>(null);
  const save = async (): Promise<void> => {
    setError(null);
    try {
      await download(path, { name });
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <Button title={t("originalHint")} onClick={() => void save()}>
        {t("original")}
      </Button>
      <Problem error={error} />
    </>
  );
};

export const ReceivedMessage = ({ id }: { id: string }) => {
  const t = receivedWords.useWords();
  const params = { path: { id } };
  const { data, error, refetch } = api.useQuery("get", "/received-messages/{id}", { params });
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const { ticketNo, outcome } = data;
  const isUnplaced = ticketNo === null && outcome !== null;
  const waits = ticketNo === null && (outcome === "automatic" || outcome === "empty");
  return (
    <>
      {ticketNo === null ? null : <CaseOf ticketNo={ticketNo} />}
      <MessageFacts message={data} />
      <h2 className={styles["heading"]}>{t("text")}</h2>
      {data.subject === "" ? null : <p className={styles["whole"]}>{data.subject}</p>}
      <p className={styles["letter"]}>{data.body === "" ? t("noText") : data.body}</p>
      <Attachments attachments={data.attachments} />
      {isUnplaced ? (
        <PlaceMessage
          name={`place-${id}`}
          asksSummary={false}
          place={async (placement) => {
            const { data: placed } = await call.POST("/received-messages/{id}/placement", {
              params,
              body: placement,
            });
            return placed?.ticketNo ?? "";
          }}
        />
      ) : null}
      <div className={styles["row"]}>
        {waits || data.settledAt !== null ? (
          <PutAway
            settledNote={data.settledNote}
            discard={(reason) => call.POST("/received-messages/{id}/discard", { params, body: { reason } })}
            putBack={() => call.POST("/received-messages/{id}/put-back", { params })}
          />
        ) : null}
        <Original path={`/received-messages/${id}/original`} name={`message-${id}`} />
      </div>
    </>
  );
};
