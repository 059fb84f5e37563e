/** A case without a call: a visit, a slip, a chat message. The same form, with who and where typed once. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { useEffect } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { Finder } from "#web/furniture/finder.tsx";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { useCodes } from "#web/words/codes.ts";
import { caseWords } from "../words-case.ts";
import { type CaseDraft, type Channel, EMPTY_DRAFT, textOrNothing } from "./case-draft.ts";
import { CaseForm, type CaseToSave } from "./case-form.tsx";
import styles from "./cases.module.css";
import { Duplicates } from "./duplicates.tsx";

const CHANNELS: readonly Channel[] = [
  "visit",
  "phone",
  "slip",
  "chat",
  "mail",
  "sms",
  "reception-day",
  "patrol",
];

const Household = ({
  accountNo,
  choose,
}: {
  accountNo: string;
  choose: (accountNo: string | null) => void;
}) => {
  const t = caseWords.useWords();
  const { data } = api.useQuery("get", "/accounts/{accountNo}", { params: { path: { accountNo } } });
  return (
    <span className={styles["actions"]}>
      <strong>{accountNo}</strong> {data?.people[0]?.name} {data?.premises.address}
      <Button size="small" onClick={() => choose(null)}>
        {t("discard")}
      </Button>
    </span>
  );
};

const WhoAndWhere = ({ draft, keep }: { draft: CaseDraft; keep: (change: Partial<CaseDraft>) => void }) => {
  const t = caseWords.useWords();
  const word = useCodes();
  return (
    <>
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("household")}</span>
        {draft.accountNo === null ? (
          <Finder
            label={t("household")}
            kinds={["accounts", "communities", "buildings"]}
            autoFocus
            pick={({ accountNo }) => keep({ accountNo: accountNo ?? null })}
          />
        ) : (
          <Household accountNo={draft.accountNo} choose={(accountNo) => keep({ accountNo })} />
        )}
      </div>
      {draft.accountNo !== null ? null : (
        <div className={styles["row"]}>
          <span className={styles["label"]}>{t("address")}</span>
          <Input
            aria-label={t("address")}
            placeholder={t("noHousehold")}
            value={draft.addressText}
            maxLength={200}
            onChange={(event) => keep({ addressText: event.target.value })}
          />
        </div>
      )}
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("callerNumber")}</span>
        <Input
          aria-label={t("callerNumber")}
          value={draft.callerNumber}
          inputMode="tel"
          autoComplete="off"
          maxLength={40}
          onChange={(event) => keep({ callerNumber: event.target.value })}
        />
      </div>
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("channel")}</span>
        <Select
          aria-label={t("channel")}
          value={draft.channel}
          onChange={(channel) => keep({ channel })}
          options={CHANNELS.map((code) => ({ value: code, label: word("channel", code) }))}
        />
      </div>
    </>
  );
};

const bodyOf = (draft: CaseDraft, { category, summary, fields }: CaseToSave): Body<"post", "/tickets"> => {
  const address = draft.accountNo === null ? textOrNothing(draft.addressText) : undefined;
  const callerNumber = textOrNothing(draft.callerNumber);
  const callerName = textOrNothing(draft.callerName);
  return {
    category: category.code,
    channel: draft.channel,
    ...(summary === undefined ? {} : { summary }),
    ...(draft.severity === null ? {} : { severity: draft.severity }),
    ...(fields === undefined ? {} : { fields }),
    ...(draft.accountNo === null ? {} : { accountNo: draft.accountNo }),
    ...(address === undefined ? {} : { addressText: address }),
    ...(callerNumber === undefined ? {} : { callerNumber }),
    ...(callerName === undefined ? {} : { callerName }),
  };
};

export const NewCase = () => {
  const t = caseWords.useWords();
  const navigate = useNavigate();
  const { account } = useSearch({ from: "/inside/tickets/new" });
  // What is typed and its key are one thing: pressed, reloaded before the answer and pressed again is one case.
  const intent = useIntent<CaseDraft>("case-new", EMPTY_DRAFT);
  const { content: draft, change: keep, clear } = intent;
  useEffect(() => {
    // What was sent and is not answered stays as it was sent.
    if (account === undefined || intent.isLocked) return;
    keep({ accountNo: account });
    // Taken over: whoever chooses another household keeps that one through a reload.
    void navigate({ to: "/tickets/new", search: {}, replace: true });
  }, [account, keep, navigate, intent.isLocked]);
  const save = async (given: CaseToSave): Promise<void> => {
    const answer = await intent.send((typed, key) =>
      call.POST("/tickets", {
        params: { header: { "Idempotency-Key": key } },
        body: bodyOf(typed, given),
      }),
    );
    const ticketNo = answer?.data?.ticketNo;
    if (ticketNo === undefined) return;
    void forget("/tickets", "/accounts/{accountNo}/overview");
    void navigate({ to: "/tickets/$ticketNo", params: { ticketNo } });
  };
  return (
    <>
      <PageBar title={t("new")} />
      <div className={styles["two"]}>
        <section className={styles["panel"]}>
          <CaseForm
            draft={draft}
            keep={keep}
            clear={clear}
            save={(given) => void save(given)}
            isSaving={intent.isSending}
            isLocked={intent.isLocked}
            isPlaced={draft.accountNo !== null}
            problem={<IntentProblem intent={intent} />}
          >
            <WhoAndWhere draft={draft} keep={keep} />
          </CaseForm>
        </section>
        <Duplicates accountNo={draft.accountNo} category={draft.category} />
      </div>
    </>
  );
};
