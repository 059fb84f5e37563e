/** The corrections of a household that wait for a second person, and those that may be carried out. */
import { Button, Popconfirm } from "antd";
import { api } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { tellDone } from "#web/furniture/above.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who } from "#web/furniture/who.tsx";
import { common } from "#web/words/common.ts";
import { type Approval, kindText, requestFacts } from "./approval-facts.tsx";
import { carryOut, readCorrected } from "./correcting.ts";
import { isCorrection } from "./correction-kinds.ts";
import styles from "./finance.module.css";
import { corrections } from "./words-corrections.ts";

const MOST = 50;

const One = ({ accountNo, row }: { accountNo: string; row: Approval }) => {
  const t = corrections.useWords();
  const say = common.useWords();
  const may = useMay();
  const intent = useIntent<{ readonly asked: Approval | null }>(`correction-carried-${row.id}`, {
    asked: null,
  });
  const isAgreed = row.state === "approved";
  const carry = async (): Promise<void> => {
    intent.change({ asked: row });
    const answer = await intent.send(({ asked }, key) => carryOut(accountNo, asked ?? row, key));
    if (answer === undefined) return;
    tellDone(t("done"));
    await readCorrected();
  };
  return (
    <section className={`${styles["panel"]} ${styles["stack"]}`} aria-label={kindText(row.kind)}>
      <div className={styles["row"]}>
        <strong>{kindText(row.kind)}</strong>
        <Mark tone={isAgreed ? "good" : "plain"}>{t(isAgreed ? "approved" : "requested")}</Mark>
      </div>
      <Facts
        rows={[
          ...requestFacts(row),
          [
            t("askedBy"),
            <span key="asked">
              <Who login={row.requestedBy} name={row.requestedByName} /> {dateTime(row.requestedAt)}
            </span>,
          ],
          [
            t("agreedBy"),
            row.decidedBy === null ? null : (
              <span key="agreed">
                <Who login={row.decidedBy} name={row.decidedByName} /> {dateTime(row.decidedAt)}
              </span>
            ),
          ],
        ]}
      />
      {isAgreed && may(row.kind === "bill.cancel" ? "bill.cancel" : "payment.reverse") ? (
        <div>
          <Popconfirm
            title={t("carryOutSure")}
            okText={t("carryOut")}
            cancelText={say("cancel")}
            onConfirm={() => void carry()}
          >
            <Button type="primary" danger loading={intent.isSending}>
              {t("carryOut")}
            </Button>
          </Popconfirm>
        </div>
      ) : null}
      <IntentProblem intent={intent} again={() => void carry()} />
    </section>
  );
};

const useWaiting = (accountNo: string, state: "requested" | "approved") =>
  api.useQuery("get", "/approvals", { params: { query: { accountNo, state, limit: MOST } } });

export const CorrectionsWaiting = ({ accountNo }: { accountNo: string }) => {
  const t = corrections.useWords();
  const agreed = useWaiting(accountNo, "approved");
  const asked = useWaiting(accountNo, "requested");
  const rows = [...(agreed.data?.items ?? []), ...(asked.data?.items ?? [])].filter(({ kind }) =>
    isCorrection(kind),
  );
  return (
    <section aria-label={t("waiting")} className={styles["stack"]}>
      <h2>{t("waiting")}</h2>
      <Problem error={agreed.error ?? asked.error} />
      {agreed.isSuccess && asked.isSuccess && rows.length === 0 ? (
        <p className={styles["quiet"]}>{t("noWaiting")}</p>
      ) : null}
      {rows.map((row) => (
        <One key={row.id} accountNo={accountNo} row={row} />
      ))}
    </section>
  );
};
