/** What is done with a message that no case took: put under a case, made one of a household, put away with a reason, put back. */
import { Link } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { forget } from "#web/api/client.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useMay } from "#web/api/session.ts";
import styles from "./messages.module.css";
import { receivedWords } from "./words-received.ts";

export type Placement = { readonly ticketNo: string } | { readonly accountNo: string };

export const readReceivedAgain = (): Promise<void> =>
  forget(
    "/received-messages",
    "/received-messages/{id}",
    "/quarantined-messages",
    "/quarantined-messages/{id}",
    "/tickets",
  );

type PlaceProps = {
  /** Of the draft that is kept while somebody types. */
  readonly name: string;
  /** What could not be read needs the words of whoever looked at it. */
  readonly asksSummary: boolean;
  /** Answers the number of the case. */
  readonly place: (placement: Placement, summary: string) => Promise<unknown>;
};

const EMPTY = { ticketNo: "", accountNo: "", summary: "" };

export const PlaceMessage = ({ name, asksSummary, place }: PlaceProps) => {
  const t = receivedWords.useWords();
  const may = useMay();
  const { draft, keep, clear } = useDraft(name, EMPTY);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  if (!may("ticket.write")) return null;
  const summary = draft.summary.trim();
  const send = async (placement: Placement): Promise<void> => {
    if (isBusy || (asksSummary && summary.length < 2)) return;
    setBusy(true);
    setError(null);
    try {
      await place(placement, summary);
      clear();
      await readReceivedAgain();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const isUnsaid = asksSummary && summary.length < 2;
  const field = (
    key: "ticketNo" | "accountNo",
    label: string,
    verb: string,
    act: (typed: string) => Placement,
  ) => (
    <Form.Item label={label} htmlFor={`place-${key}`}>
      <Input.Search
        id={`place-${key}`}
        aria-label={t(key)}
        placeholder={t(key)}
        maxLength={32}
        value={draft[key]}
        loading={isBusy}
        enterButton={
          <Button disabled={draft[key].trim() === "" || isUnsaid} aria-label={`${verb} (${t(key)})`}>
            {verb}
          </Button>
        }
        onChange={(event) => keep({ [key]: event.target.value })}
        onSearch={(typed) => {
          const plain = typed.normalize("NFKC").trim();
          if (plain !== "") void send(act(plain));
        }}
      />
    </Form.Item>
  );
  return (
    <Form layout="vertical" component="div">
      {asksSummary ? (
        <Form.Item label={t("summary")} htmlFor="place-summary">
          <Input.TextArea
            id="place-summary"
            rows={2}
            maxLength={300}
            value={draft.summary}
            onChange={(event) => keep({ summary: event.target.value })}
          />
        </Form.Item>
      ) : null}
      <div className={styles["two"]}>
        {field("ticketNo", t("intoCase"), t("place"), (ticketNo) => ({ ticketNo }))}
        {field("accountNo", t("newCase"), t("openCase"), (accountNo) => ({ accountNo }))}
      </div>
      <Problem error={error} />
    </Form>
  );
};

type SettledProps = {
  readonly settledNote: string;
  readonly discard: (reason: string) => Promise<unknown>;
  readonly putBack: () => Promise<unknown>;
};

/** Putting away is taken back by a press. */
export const PutAway = ({ settledNote, discard, putBack }: SettledProps) => {
  const t = receivedWords.useWords();
  const may = useMay();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (!may("message.write")) return null;
  const back = async (): Promise<void> => {
    setError(null);
    try {
      await putBack();
      await readReceivedAgain();
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      {settledNote === "" ? (
        <Button onClick={() => setAsking(true)}>{t("discard")}</Button>
      ) : (
        <Button onClick={() => void back()}>{t("putBack")}</Button>
      )}
      <Problem error={error} />
      {isAsking ? (
        <AskReason
          title={t("discard")}
          act={async (reason) => {
            await discard(reason);
            await readReceivedAgain();
          }}
          close={() => setAsking(false)}
        />
      ) : null}
    </>
  );
};

export const CaseOf = ({ ticketNo }: { ticketNo: string }) => {
  const t = receivedWords.useWords();
  return (
    <p role="status">
      {t("placed")}{" "}
      <Link to="/tickets/$ticketNo" params={{ ticketNo }}>
        {ticketNo}
      </Link>
    </p>
  );
};
