/** One household that is asked: its case, dialling unseen, and what it says, by keys. */
import { Link } from "@tanstack/react-router";
import { Button, Input, type InputRef } from "antd";
import { useRef } from "react";
import { api } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { dateTime } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { saidIn } from "#web/words/said-in.ts";
import styles from "../cases/cases.module.css";
import { returnVisitWords } from "../words-return-visit.ts";
import { isMissed, KEYS, MISSED, type Outcome, SATISFACTION, type Written, writeOutcome } from "./outcome.ts";

export type Visit = Item<"/return-visits">;
type Words = ReturnType<typeof returnVisitWords.useWords>;

export const outcomeText = (t: Words, outcome: Outcome): string => {
  if (outcome === "0") return t("notSolved");
  return isMissed(outcome) ? t(`missed.${outcome}`) : t(`satisfaction.${outcome}`);
};

/** The last that was done, so that one knows what is asked about. */
const MOST = 4;

const Course = ({ ticketNo }: { ticketNo: string }) => {
  const t = returnVisitWords.useWords();
  const word = useCodes();
  const { data, error } = api.useQuery("get", "/tickets/{ticketNo}", { params: { path: { ticketNo } } });
  if (data === undefined) return <Problem error={error} />;
  const said = data.timeline.filter(({ text }) => text !== "").slice(0, MOST);
  return (
    <>
      <p className={styles["said"]}>
        {language() === "en" ? data.categoryNameEn : data.categoryName} · {data.address ?? data.building}
      </p>
      <p className={styles["said"]}>{saidIn(data)}</p>
      <p>
        {data.callerName} {data.callerNumber} · {dateTime(data.closedAt)} {word("closing", data.closingClass)}
      </p>
      <h2>{t("last")}</h2>
      <ul className={styles["lines"]}>
        {said.map((entry) => (
          <li key={entry.id}>
            <span className={styles["quiet"]}>{dateTime(entry.at).slice(5)}</span>
            <span className={styles["said"]}>
              {language() === "en" ? (entry.textEn ?? entry.text) : entry.text}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
};

const Choice = ({
  outcome,
  isChosen,
  choose,
}: {
  outcome: Outcome;
  isChosen: boolean;
  choose: () => void;
}) => {
  const t = returnVisitWords.useWords();
  const label = outcomeText(t, outcome);
  useShortcut(KEYS[outcome], label, choose);
  return (
    <Button type={isChosen ? "primary" : "default"} aria-pressed={isChosen} onClick={choose}>
      {label} <kbd>{KEYS[outcome]}</kbd>
    </Button>
  );
};

const Dial = ({ ticketNo }: { ticketNo: string }) => {
  const t = returnVisitWords.useWords();
  const send = api.useMutation("post", "/hotline/dial");
  const dial = (): void => {
    if (!send.isPending) send.mutate({ body: { ticketNo } });
  };
  useShortcut("d", t("dial"), dial);
  return (
    <>
      <Button loading={send.isPending} onClick={dial}>
        {t("dial")} <kbd>d</kbd>
      </Button>
      {send.data === undefined ? null : <span role="status">{t("dialed")}</span>}
      <Problem error={send.error} />
    </>
  );
};

const SOLVED: readonly Outcome[] = [...SATISFACTION.map((n) => `${n}` as const), "0"];

export const AskPanel = ({
  visit,
  done,
}: {
  visit: Visit;
  done: (written: Written, outcome: Outcome) => void;
}) => {
  const t = returnVisitWords.useWords();
  const { ticketNo } = visit;
  const intent = useIntent<{ outcome: Outcome | null; remark: string }>(`return-visit-${visit.id}`, {
    outcome: null,
    remark: "",
  });
  const { content: draft, change: keep } = intent;
  const remark = useRef<InputRef>(null);
  const save = async (): Promise<void> => {
    const { outcome } = draft;
    if (outcome === null) return;
    const written = await intent.send((said, key) =>
      writeOutcome(ticketNo, said.outcome ?? outcome, said.remark, key),
    );
    if (written !== undefined) done(written, outcome);
  };
  const choose = (outcome: Outcome): void => {
    if (!keep({ outcome })) return;
    // What is not solved is said in words.
    if (outcome === "0") remark.current?.focus();
  };
  useShortcut("Enter", t("save"), () => void save(), draft.outcome !== null);
  useShortcut("m", t("keysRemark"), () => remark.current?.focus());
  const choices = (all: readonly Outcome[]) =>
    all.map((outcome) => (
      <Choice
        key={outcome}
        outcome={outcome}
        isChosen={draft.outcome === outcome}
        choose={() => choose(outcome)}
      />
    ));
  return (
    <section className={`${styles["panel"]} ${styles["form"]}`} aria-label={t("ask")}>
      <h2>
        {t("ask")}{" "}
        <Link to="/tickets/$ticketNo" params={{ ticketNo }}>
          {ticketNo}
        </Link>
      </h2>
      <Course ticketNo={ticketNo} />
      <div className={styles["actions"]}>
        <Dial ticketNo={ticketNo} />
      </div>
      <h2>{t("solved")}</h2>
      <div className={styles["actions"]} role="group" aria-label={t("solved")}>
        {choices(SOLVED)}
      </div>
      <h2>{t("missed")}</h2>
      <div className={styles["actions"]} role="group" aria-label={t("missed")}>
        {choices(MISSED)}
      </div>
      <Input
        ref={remark}
        aria-label={t("remark")}
        placeholder={`${t("remark")} (m)`}
        maxLength={500}
        value={draft.remark}
        disabled={intent.isLocked}
        onChange={(event) => keep({ remark: event.target.value })}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing) void save();
        }}
      />
      <IntentProblem intent={intent} />
      <Button
        type="primary"
        disabled={draft.outcome === null}
        loading={intent.isSending}
        onClick={() => void save()}
      >
        {t("save")} <kbd>Enter</kbd>
      </Button>
    </section>
  );
};
