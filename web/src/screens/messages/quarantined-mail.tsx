/** One mail in quarantine: why, how its bytes begin, its original to look at; read again, put under a case, or put away. */
import { Button } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { whoText } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./messages.module.css";
import { Original } from "./received-message.tsx";
import { CaseOf, PlaceMessage, PutAway, readReceivedAgain } from "./settle-message.tsx";
import { receivedWords, useWhy } from "./words-received.ts";

/** Enough to see what it is; the original has the rest. */
const SHOWN_BYTES = 800;

type Outcome = "read" | "quarantined" | "not-stored";

const ReadAgain = ({ id, done }: { id: string; done: (outcome: Outcome) => void }) => {
  const t = receivedWords.useWords();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const again = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const { data } = await call.POST("/quarantined-messages/{id}/replay", { params: { path: { id } } });
      if (data !== undefined) done(data.outcome);
      await readReceivedAgain();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button loading={isBusy} onClick={() => void again()}>
        {t("again")}
      </Button>
      <Problem error={error} />
    </>
  );
};

export const QuarantinedMail = ({ id }: { id: string }) => {
  const t = receivedWords.useWords();
  const why = useWhy();
  const may = useMay();
  const params = { path: { id } };
  const [readNow, setReadNow] = useState<Outcome>();
  const [ticketNo, setTicketNo] = useState<string>();
  const { data, error, refetch } = api.useQuery(
    "get",
    "/quarantined-messages/{id}",
    { params },
    { enabled: readNow !== "read" },
  );
  if (readNow === "read") return <p role="status">{t("again.read")}</p>;
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const isWaiting = data.settledAt === null;
  return (
    <>
      {ticketNo === undefined ? null : <CaseOf ticketNo={ticketNo} />}
      {readNow === undefined ? null : <p role="status">{t(`again.${readNow}`)}</p>}
      <Facts
        rows={[
          [t("at"), dateTime(data.receivedAt)],
          [t("reason"), `${why(data.reason)} ${data.details}`.trim()],
          [t("sender"), data.sender],
          [t("what"), data.subject],
          [t("tries"), data.tries],
          [
            t("settled"),
            isWaiting
              ? null
              : t("settledLine", {
                  by: whoText(data.settledBy, data.settledByName),
                  at: dateTime(data.settledAt),
                  note: data.settledNote,
                }),
          ],
        ]}
      />
      {data.head === "" ? null : (
        <>
          <h2 className={styles["heading"]}>{t("head")}</h2>
          <pre className={styles["bytes"]}>{data.head.slice(0, SHOWN_BYTES)}</pre>
        </>
      )}
      {isWaiting ? (
        <PlaceMessage
          name={`place-quarantined-${id}`}
          asksSummary
          place={async (placement, summary) => {
            const { data: placed } = await call.POST("/quarantined-messages/{id}/placement", {
              params,
              body: { ...placement, summary },
            });
            setTicketNo(placed?.ticketNo);
            return placed?.ticketNo ?? "";
          }}
        />
      ) : null}
      <div className={styles["row"]}>
        {isWaiting && may("message.write") ? <ReadAgain id={id} done={setReadNow} /> : null}
        <PutAway
          settledNote={data.settledNote}
          discard={(reason) => call.POST("/quarantined-messages/{id}/discard", { params, body: { reason } })}
          putBack={() => call.POST("/quarantined-messages/{id}/put-back", { params })}
        />
        {may("message.write") ? (
          <Original path={`/quarantined-messages/${id}/original`} name={`message-${id}`} />
        ) : null}
      </div>
    </>
  );
};
