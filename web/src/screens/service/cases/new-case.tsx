/** A case without a call: a visit, a slip, a chat message. The same form, with who and where typed once. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { useEffect } from "react";
import { api, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { Finder } from "#web/furniture/finder.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
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

export const NewCase = () => {
  const t = caseWords.useWords();
  const navigate = useNavigate();
  const { account } = useSearch({ from: "/inside/tickets/new" });
  const { draft, keep, clear } = useDraft<CaseDraft>("case-new", EMPTY_DRAFT);
  const send = api.useMutation("post", "/tickets");
  const { key, renew } = useRequestKey();
  useEffect(() => {
    if (account !== undefined) keep({ accountNo: account });
  }, [account, keep]);
  const save = ({ category, summary, fields }: CaseToSave): void => {
    const address = draft.accountNo === null ? textOrNothing(draft.addressText) : undefined;
    const callerNumber = textOrNothing(draft.callerNumber);
    const callerName = textOrNothing(draft.callerName);
    send.mutate(
      {
        params: { header: { "Idempotency-Key": key() } },
        body: {
          category: category.code,
          channel: draft.channel,
          summary,
          ...(draft.severity === null ? {} : { severity: draft.severity }),
          ...(fields === undefined ? {} : { fields }),
          ...(draft.accountNo === null ? {} : { accountNo: draft.accountNo }),
          ...(address === undefined ? {} : { addressText: address }),
          ...(callerNumber === undefined ? {} : { callerNumber }),
          ...(callerName === undefined ? {} : { callerName }),
        },
      },
      {
        onSuccess: ({ ticketNo }) => {
          clear();
          renew();
          void forget("/tickets", "/accounts/{accountNo}/overview");
          void navigate({ to: "/tickets/$ticketNo", params: { ticketNo } });
        },
      },
    );
  };
  const change = (part: Partial<CaseDraft>): void => {
    renew();
    keep(part);
  };
  return (
    <>
      <PageBar title={t("new")} />
      <div className={styles["two"]}>
        <section className={styles["panel"]}>
          <CaseForm
            draft={draft}
            keep={change}
            clear={clear}
            save={save}
            isSaving={send.isPending}
            error={send.error}
          >
            <WhoAndWhere draft={draft} keep={change} />
          </CaseForm>
        </section>
        <Duplicates accountNo={draft.accountNo} category={draft.category} />
      </div>
    </>
  );
};
