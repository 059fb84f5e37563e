/** Payments with what they were counted against, and the receipts that were given. */
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { api, call, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { channelText } from "#web/words/channel-text.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Overview } from "./types.ts";

/** Money that was claimed comes without a paper: whoever gives receipts gives it here. */
const GiveReceipt = ({ payment }: { payment: Item<"/accounts/{accountNo}/payments"> }) => {
  const t = householdWords.useWords();
  const may = useMay();
  const giving = api.useMutation("post", "/receipts", {
    onSuccess: () => void forget("/accounts/{accountNo}/payments", "/accounts/{accountNo}/overview"),
  });
  const { claimId } = payment;
  if (claimId === null || payment.receiptId !== null || !may("receipt.issue")) return null;
  return (
    <>
      <Button
        size="small"
        loading={giving.isPending}
        onClick={() =>
          giving.mutate({
            params: { header: { "Idempotency-Key": `claim-receipt-${claimId}` } },
            body: { claimId },
          })
        }
      >
        {t("giveReceipt")}
      </Button>
      <Problem error={giving.error} />
    </>
  );
};

export const Payments = ({
  accountNo,
  receipts,
}: {
  accountNo: string;
  receipts: NonNullable<Overview["receipts"]>;
}) => {
  const t = householdWords.useWords();
  const say = common.useWords();
  const word = useCodes();
  const data = usePages(["get", "/accounts/{accountNo}/payments", accountNo], (cursor) =>
    call
      .GET("/accounts/{accountNo}/payments", {
        params: { path: { accountNo }, query: { limit: 8, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then((answer) => answer.data),
  );
  return (
    <section className={styles["panel"]} aria-label={t("payments")}>
      <h2>{t("payments")}</h2>
      <Problem error={data.error} again={data.again} />
      {!data.isReading && data.rows.length === 0 ? (
        <p className={styles["quiet"]}>{t("noPayments")}</p>
      ) : null}
      <ul className={styles["lines"]}>
        {data.rows.map((payment) => (
          <li key={payment.id} className={payment.state === "reversed" ? styles["void"] : ""}>
            <div className={styles["line"]}>
              <span>{dateTime(payment.paidAt)}</span>
              <span className={styles["whole"]}>
                {channelText(
                  { name: payment.channelName, nameEn: payment.channelNameEn, code: payment.channel },
                  language(),
                )}{" "}
                {/* A wallet says itself what it is. */}
                {payment.channelKind === "wallet" ? "" : word("tender", payment.tender)}{" "}
                {payment.kind === "payment" ? "" : `${t(payment.kind)} `}
                {word("payment", payment.state)} {payment.receiptNo}
              </span>
              <span className={styles["quiet"]}>
                {payment.allocations.map(({ seasonId }) => `${seasonId}–${seasonId + 1}`).join(" ")}
                {payment.prepaidFen > 0 ? ` ${t("prepaid")}` : ""}
              </span>
              <Money fen={payment.amountFen} />
              <GiveReceipt payment={payment} />
            </div>
          </li>
        ))}
      </ul>
      {data.hasMore ? (
        <Button size="small" type="text" onClick={data.more} loading={data.isReading}>
          {say("more")}
        </Button>
      ) : null}
      {receipts.length === 0 ? null : (
        <p className={styles["line"]}>
          <span className={styles["quiet"]}>{t("receipts")}</span>
          {receipts.slice(0, 4).map(({ id, receiptNo }) => (
            <Link key={id} to="/receipts/$receiptId" params={{ receiptId: id }}>
              {receiptNo}
            </Link>
          ))}
        </p>
      )}
    </section>
  );
};
