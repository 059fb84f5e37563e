/** One order of an authority: what it asks, until when, what we did about it, and the reply that goes back. */
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useNow } from "#web/furniture/use-now.ts";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "../cases/cases.module.css";
import { referralWords } from "../words-referral.ts";
import { DeedDialog } from "./deed-dialog.tsx";
import { AT_ONCE, type Deed, deedsFor, EMPTY_DEED, runDeed } from "./referral-deeds.ts";
import { ReferralReply } from "./referral-reply.tsx";
import { SecondPerson } from "./second-person.tsx";
import { forgetReferrals, type Referral, useReferral } from "./use-referral.ts";

const isWaiting = ({ state }: Referral): boolean => state !== "reported" && state !== "taken-back";

const Order = ({ referral }: { referral: Referral }) => {
  const t = referralWords.useWords();
  const now = useNow(30_000);
  const isLate = isWaiting(referral) && Date.parse(referral.dueAt) < now;
  return (
    <section className={styles["panel"]} aria-label={t("order")}>
      <h2>{t("order")}</h2>
      {referral.title === "" ? null : <p className={styles["said"]}>{referral.title}</p>}
      <p className={styles["said"]}>{referral.demand}</p>
      <Facts
        rows={[
          [t("requirement"), referral.requirement],
          [t("urgency"), referral.urgency],
          [t("address"), referral.address],
          [
            t("ticket"),
            <Link key="case" to="/tickets/$ticketNo" params={{ ticketNo: referral.ticketNo }}>
              {referral.ticketNo}
            </Link>,
          ],
          [t("received"), dateTime(referral.receivedAt)],
          [
            t("due"),
            <span key="due" className={isLate ? styles["overdue"] : ""}>
              {dateTime(referral.dueAt)}
              {isWaiting(referral) ? ` (${isLate ? t("overdue") : remaining(referral.dueAt, now)})` : ""}
            </span>,
          ],
          [t("returnBefore"), dateTime(referral.returnBefore)],
          [
            t("parent"),
            referral.parentId === null ? null : (
              <Link key="parent" to="/referrals/$id" params={{ id: referral.parentId }}>
                {t("round")} {referral.round - 1}
              </Link>
            ),
          ],
          [
            t("child"),
            referral.childId === null ? null : (
              <Link key="child" to="/referrals/$id" params={{ id: referral.childId }}>
                {t("round")} {referral.round + 1}
              </Link>
            ),
          ],
        ]}
      />
    </section>
  );
};

const Course = ({ referral }: { referral: Referral }) => {
  const t = referralWords.useWords();
  const { extension } = referral;
  return (
    <section className={styles["panel"]} aria-label={t("state")}>
      <h2>{t("state")}</h2>
      <Facts
        rows={[
          [t("signedFor"), dateTime(referral.signedForAt)],
          [
            t("returnAsked"),
            referral.returnAskedAt === null
              ? null
              : `${dateTime(referral.returnAskedAt)} ${referral.returnReason ?? ""}`,
          ],
          [
            t("return"),
            referral.returnRefusedCount === 0
              ? null
              : t("refusedBack", { count: referral.returnRefusedCount }),
          ],
          [t("takenBack"), dateTime(referral.takenBackAt)],
          [t("reportedAt"), dateTime(referral.reportedAt)],
          [t("receiptNo"), referral.receiptNo],
          [t("satisfied"), referral.satisfied === null ? null : t(referral.satisfied ? "yes" : "no")],
        ]}
      />
      {extension === null ? null : (
        <>
          <p className={styles["wrapped"]}>
            {extension.grantedDueAt === null
              ? t("extensionAsked", { at: dateTime(extension.askedDueAt), reason: extension.reason })
              : t("extensionGranted", { at: dateTime(extension.grantedDueAt) })}
          </p>
          {extension.grantedDueAt === null ? (
            <SecondPerson approvalId={extension.approvalId} state={extension.approvalState} />
          ) : null}
        </>
      )}
    </section>
  );
};

export const ReferralPage = () => {
  const t = referralWords.useWords();
  const word = useCodes();
  const may = useMay();
  const { id } = useParams({ from: "/inside/referrals/$id" });
  const [asked, setAsked] = useState<Deed>();
  const { data, error, refetch, dataUpdatedAt } = useReferral(id);
  const atOnce = useMutation({
    mutationFn: ({ deed, referral }: { deed: Deed; referral: Referral }) =>
      runDeed(deed, referral, EMPTY_DEED),
    onSuccess: () => forgetReferrals(),
  });
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const deeds = may("referral.write") ? deedsFor(data) : [];
  return (
    <>
      <PageBar
        title={`${data.authorityName} ${data.outsideNo}`}
        readAt={dataUpdatedAt}
        actions={deeds.map((deed) => (
          <Button
            key={deed}
            type={deed === "sign-for" ? "primary" : "default"}
            loading={atOnce.isPending && atOnce.variables.deed === deed}
            onClick={() => (AT_ONCE.has(deed) ? atOnce.mutate({ deed, referral: data }) : setAsked(deed))}
          >
            {t(deed)}
          </Button>
        ))}
      >
        <Mark tone={isWaiting(data) ? "info" : "plain"}>{word("referral", data.state)}</Mark>
        {data.reportedInTime === null ? null : (
          <Mark tone={data.reportedInTime ? "good" : "bad"}>
            {t(data.reportedInTime ? "inTime" : "late")}
          </Mark>
        )}
      </PageBar>
      <Problem error={atOnce.error ?? error} />
      <div className={styles["two"]}>
        <div className={styles["stack"]}>
          <Order referral={data} />
          <ReferralReply referral={data} />
        </div>
        <Course referral={data} />
      </div>
      {asked === undefined ? null : (
        <DeedDialog key={asked} deed={asked} referral={data} close={() => setAsked(undefined)} />
      )}
    </>
  );
};
