/** A household on one page: who, what is owed and why, how it is heated, and everything that happened last. */
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { api, forget } from "#web/api/client.ts";
import { INCIDENT_TOPICS } from "#web/api/topics.ts";
import { useLive } from "#web/api/use-live.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { householdWords } from "../words-household.ts";
import { Bills } from "./bills.tsx";
import { CasesOf, CallsOf, MessagesOf, VisitsOf } from "./history.tsx";
import styles from "./households.module.css";
import { PageLock } from "./page-lock.tsx";
import { Payments } from "./payments.tsx";
import { People } from "./people.tsx";
import { Supply } from "./supply.tsx";
import { Debt } from "./debt.tsx";
import type { Account, Overview } from "./types.ts";

/** Where its money and bills are put right: a page of another area. */
const correctionsPath = (accountNo: string): string => `/finance/corrections/${accountNo}`;

const Trouble = ({ station }: { station: Overview["station"] }) => {
  const t = householdWords.useWords();
  if (station === null || (station.incident === null && station.tests.length === 0)) return null;
  const { incident } = station;
  return (
    <section className={styles["trouble"]} aria-label={t("incident")}>
      {incident === null ? null : (
        <p>
          <strong>{t("incident")}</strong>{" "}
          {incident.expectedBackAt === null
            ? t("backUnknown")
            : t("backAt", { at: dateTime(incident.expectedBackAt).slice(5) })}{" "}
          {language() === "en" ? incident.scriptEn : incident.script}{" "}
          {incident.incidentId === null ? null : (
            <Link to="/incidents/$id" params={{ id: incident.incidentId }}>
              {t("toIncident")}
            </Link>
          )}
        </p>
      )}
      {station.tests.map((test) => (
        <p key={test.testId}>{t("test", { no: test.testNo, window: test.window })}</p>
      ))}
    </section>
  );
};

const Title = ({ account }: { account: Account }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  return (
    <>
      <strong className={styles["address"]}>{account.premises.address}</strong>
      <Mark tone={account.state === "active" ? "good" : "plain"}>{word("account", account.state)}</Mark>
      {account.holds.map((hold) => (
        <Mark key={hold.id} tone={hold.kind === "care" ? "bad" : "warn"} title={hold.reason}>
          {word("hold", hold.kind)} {hold.endsOn === null ? "" : t("until", { day: hold.endsOn })}
        </Mark>
      ))}
    </>
  );
};

export const HouseholdPage = () => {
  const t = householdWords.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const { accountNo } = useParams({ from: "/inside/households/$accountNo" });
  const params = { params: { path: { accountNo } } };
  const account = api.useQuery("get", "/accounts/{accountNo}", params);
  const overview = api.useQuery("get", "/accounts/{accountNo}/overview", params);
  useLive(
    [...INCIDENT_TOPICS, "ticket.changed", "ticket.assigned"],
    () => void forget("/accounts/{accountNo}/overview"),
  );
  const mayOpen = may("ticket.write");
  const create = (): void => void navigate({ to: "/tickets/new", search: { account: accountNo } });
  useShortcut("n", t("newCase"), create, mayOpen);
  const error = account.error ?? overview.error;
  if (account.data === undefined || overview.data === undefined) {
    return <Problem error={error} again={() => void Promise.all([account.refetch(), overview.refetch()])} />;
  }
  const seen = overview.data;
  return (
    <>
      <PageBar
        title={account.data.accountNo}
        readAt={overview.dataUpdatedAt}
        actions={
          <>
            {may("payment.reverse") || may("bill.cancel") ? (
              <Link to={correctionsPath(accountNo)}>{t("corrections")}</Link>
            ) : null}
            {may("ticket.read") ? (
              <Link to="/tickets" search={{ account: accountNo, state: "all" }}>
                {t("allCases")}
              </Link>
            ) : null}
            {mayOpen ? (
              <Button type="primary" onClick={create}>
                {t("newCase")} (n)
              </Button>
            ) : null}
          </>
        }
      >
        <Title account={account.data} />
      </PageBar>
      <Problem error={error} />
      <Trouble station={seen.station} />
      <div className={styles["grid"]}>
        <div className={styles["stack"]}>
          <People account={account.data} />
          <Supply account={account.data} />
          {may("hotline.read") ? <PageLock accountNo={accountNo} /> : null}
        </div>
        <div className={styles["stack"]}>
          {seen.debt === null ? null : <Debt accountNo={accountNo} debt={seen.debt} />}
          {may("bill.read") ? <Bills accountNo={accountNo} /> : null}
          {may("payment.read") ? <Payments accountNo={accountNo} receipts={seen.receipts ?? []} /> : null}
        </div>
        <div className={styles["stack"]}>
          {seen.cases === null ? null : <CasesOf cases={seen.cases} />}
          {seen.visits === null ? null : <VisitsOf visits={seen.visits} />}
          {seen.calls === null ? null : <CallsOf calls={seen.calls} />}
          {seen.messages === null ? null : <MessagesOf messages={seen.messages} />}
        </div>
      </div>
    </>
  );
};
