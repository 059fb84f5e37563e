/** One call: who it is on the left, its case in the middle, what may be told on the right. */
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useRef, useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { type CaseDraft, EMPTY_DRAFT, textOrNothing } from "../cases/case-draft.ts";
import { CaseForm, type CaseToSave } from "../cases/case-form.tsx";
import { Duplicates } from "../cases/duplicates.tsx";
import { deskWords } from "../words-desk.ts";
import { Caller } from "./caller.tsx";
import styles from "./desk.module.css";
import { useKeysFor } from "./keys-for.ts";
import { Knowledge } from "./knowledge.tsx";
import { type Call, forgetCalls, type Pop } from "./use-desk.ts";
import { useWrapUp, WrapUp } from "./wrap-up.tsx";

const CaseOfCall = ({ ticketNo, notTaken }: { ticketNo: string; notTaken: readonly string[] }) => {
  const t = deskWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("case")}>
      <p role="status" className={styles["done"]}>
        {notTaken.length === 0
          ? t("caseOpened", { no: ticketNo })
          : t("caseKnown", { no: ticketNo, fields: notTaken.join(", ") })}
      </p>
      <p className={styles["actions"]}>
        <Link to="/tickets/$ticketNo" params={{ ticketNo }}>
          <Button>{t("toCase")}</Button>
        </Link>
        <Button onClick={() => openDocument(`/tickets/${ticketNo}/print`)}>{t("printCase")}</Button>
      </p>
    </section>
  );
};

const CaseOfThis = ({ call, pop }: { call: Call; pop: Pop }) => {
  const t = deskWords.useWords();
  const { draft, keep, clear } = useDraft<CaseDraft>(`call-${call.id}`, EMPTY_DRAFT);
  const [notTaken, setNotTaken] = useState<readonly string[]>([]);
  const send = api.useMutation("post", "/hotline/calls/{id}/ticket");
  const wrapUp = useWrapUp(call);
  const accountNo = pop.household?.accountNo ?? call.accountNo;
  const save = ({ category, summary, fields }: CaseToSave): void => {
    const callerName = textOrNothing(draft.callerName);
    send.mutate(
      {
        params: { path: { id: call.id } },
        body: {
          category: category.code,
          ...(summary === undefined ? {} : { summary }),
          ...(draft.severity === null ? {} : { severity: draft.severity }),
          ...(fields === undefined ? {} : { fields }),
          ...(callerName === undefined ? {} : { callerName }),
          ...(accountNo === null ? {} : { accountNo }),
        },
      },
      {
        onSuccess: (answer) => {
          setNotTaken(answer.notTaken);
          clear();
          void forgetCalls();
          void forget("/tickets", "/accounts/{accountNo}/overview");
        },
      },
    );
  };
  const ticketNo = call.ticketNo ?? send.data?.ticketNo ?? null;
  if (ticketNo !== null) return <CaseOfCall ticketNo={ticketNo} notTaken={notTaken} />;
  return (
    <>
      <section className={styles["panel"]} aria-label={t("case")}>
        <CaseForm
          draft={draft}
          keep={keep}
          clear={clear}
          save={save}
          isSaving={send.isPending}
          problem={<Problem error={send.error} />}
        />
      </section>
      <Duplicates
        accountNo={accountNo}
        buildingId={call.buildingId}
        category={draft.category}
        join={(joined) => wrapUp.give({ code: "joined-case", ticketNo: joined })}
        joinWord={t("joinCase")}
      />
    </>
  );
};

/** Where the next key is meant to go: who calls, while that is open; then the category of the case; then the case. */
const placeOfKeys = (call: Call, pop: Pop): string => {
  if (pop.household === null) return pop.households.length > 1 ? "ol button" : "input";
  return `div:nth-child(2) > section ${call.ticketNo === null ? "input" : "a"}`;
};

export const CallDesk = ({ call }: { call: Call }) => {
  const t = deskWords.useWords();
  const { data, error, refetch } = api.useQuery("get", "/hotline/calls/{id}/pop", {
    params: { path: { id: call.id } },
  });
  const household = data?.household ?? null;
  const desk = useRef<HTMLDivElement>(null);
  useKeysFor(call.id, data !== undefined, () => {
    if (data !== undefined) desk.current?.querySelector<HTMLElement>(placeOfKeys(call, data))?.focus();
  });
  useShortcut(
    "o",
    t("keysHousehold"),
    () => window.open(`/households/${household?.accountNo ?? ""}`, "_blank", "noopener"),
    household !== null,
  );
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  return (
    <div ref={desk} className={styles["desk"]}>
      <div className={styles["column"]}>
        <Caller call={call} pop={data} />
      </div>
      <div className={styles["column"]}>
        <CaseOfThis call={call} pop={data} />
        <WrapUp call={call} hasIncident={(household?.incident ?? data.incident) !== null} />
      </div>
      <div className={styles["column"]}>
        <Knowledge />
      </div>
    </div>
  );
};
