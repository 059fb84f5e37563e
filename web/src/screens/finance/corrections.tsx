/** A household's money and bills, to be put right by two people: a payment reversed or moved, a bill cancelled, prepaid money given back. */
import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { channelText } from "#web/words/channel-text.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import type { Correction } from "./correction-kinds.ts";
import { CorrectionDialog } from "./correction-dialog.tsx";
import { CorrectionsWaiting } from "./correction-waiting.tsx";
import styles from "./finance.module.css";
import { householdPath } from "./household-path.ts";
import { corrections } from "./words-corrections.ts";

type Movement = Item<"/accounts/{accountNo}/payments">;
type Chosen = {
  readonly kind: Correction;
  readonly thing: { readonly id: string; readonly billNo: string; readonly said: string };
};
type Choose = (chosen: Chosen) => void;

const DeedButton = ({ kind, thing, choose }: Chosen & { readonly choose: Choose }) => {
  const t = corrections.useWords();
  return (
    <Button
      size="small"
      aria-label={`${t(`deed.${kind}`)} ${thing.said}`}
      onClick={() => choose({ kind, thing })}
    >
      {t(`deed.${kind}`)}
    </Button>
  );
};

const Payments = ({ accountNo, choose }: { accountNo: string; choose: Choose }) => {
  const t = corrections.useWords();
  const word = useCodes();
  const may = useMay();
  const data = usePages(["get", "/accounts/{accountNo}/payments", accountNo, "corrections"], (cursor) =>
    call
      .GET("/accounts/{accountNo}/payments", {
        params: { path: { accountNo }, query: { limit: 20, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then((answer) => answer.data),
  );
  const wayOf = ({ channelName, channelNameEn, channel, channelKind, tender }: Movement): string =>
    [
      channelText({ name: channelName, nameEn: channelNameEn, code: channel }, language()),
      // A wallet says itself what it is.
      channelKind === "wallet" ? "" : word("tender", tender),
    ].join(" ");
  const deedsOf = ({ paymentId, state, amountFen, paidAt }: Movement) => {
    if (paymentId === null || state === "reversed" || !may("payment.reverse")) return null;
    const thing = { id: paymentId, billNo: "", said: `${dateTime(paidAt)} ¥${yuan(amountFen)}` };
    return (
      <span className={styles["row"]}>
        <DeedButton kind="payment-reversal" thing={thing} choose={choose} />
        <DeedButton kind="payment-move" thing={thing} choose={choose} />
      </span>
    );
  };
  return (
    <section aria-label={t("payments")}>
      <h2>{t("payments")}</h2>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        label={t("payments")}
        empty={t("noPayments")}
        columns={[
          { title: t("paidAt"), render: (_, row) => dateTime(row.paidAt) },
          { title: t("way"), render: (_, row) => wayOf(row) },
          { title: t("state"), render: (_, row) => `${word("payment", row.state)} ${row.receiptNo ?? ""}` },
          { title: t("amount"), align: "right", render: (_, row) => <Money fen={row.amountFen} /> },
          { title: t("deeds"), render: (_, row) => deedsOf(row) },
        ]}
      />
    </section>
  );
};

const Bills = ({ accountNo, choose }: { accountNo: string; choose: Choose }) => {
  const t = corrections.useWords();
  const word = useCodes();
  const may = useMay();
  const { data, error, refetch } = api.useQuery("get", "/accounts/{accountNo}/bills", {
    params: { path: { accountNo } },
  });
  return (
    <section aria-label={t("bills")}>
      <h2>{t("bills")}</h2>
      <Problem error={error} again={() => void refetch()} />
      <Table
        aria-label={t("bills")}
        rowKey="id"
        dataSource={data?.items ?? []}
        empty={t("noBills")}
        columns={[
          { title: t("billNo"), dataIndex: "billNo" },
          { title: t("season"), dataIndex: "season" },
          { title: t("state"), render: (_, bill) => word("bill", bill.state) },
          { title: t("amount"), align: "right", render: (_, bill) => <Money fen={bill.amountFen} /> },
          { title: t("open"), align: "right", render: (_, bill) => <Money fen={bill.openFen} /> },
          {
            title: t("deeds"),
            render: (_, bill) => {
              const thing = { id: bill.id, billNo: bill.billNo, said: bill.billNo };
              if (bill.state === "cancelled") return null;
              if (bill.paidFen === 0)
                return may("bill.cancel") ? (
                  <DeedButton kind="bill.cancel" thing={thing} choose={choose} />
                ) : null;
              return may("payment.reverse") ? (
                <DeedButton kind="prepaid-release" thing={thing} choose={choose} />
              ) : null;
            },
          },
        ]}
      />
    </section>
  );
};

export const Corrections = () => {
  const t = corrections.useWords();
  const { accountNo } = useParams({ from: "/inside/finance/corrections/$accountNo" });
  const [chosen, choose] = useState<Chosen>();
  return (
    <>
      <PageBar title={t("title", { no: accountNo })}>
        <Link to={householdPath(accountNo)}>{t("toHousehold")}</Link>
      </PageBar>
      <CorrectionsWaiting accountNo={accountNo} />
      <Payments accountNo={accountNo} choose={choose} />
      <Bills accountNo={accountNo} choose={choose} />
      {chosen === undefined ? null : (
        <CorrectionDialog
          key={`${chosen.kind} ${chosen.thing.id}`}
          accountNo={accountNo}
          kind={chosen.kind}
          thing={chosen.thing}
          close={() => choose(undefined)}
        />
      )}
    </>
  );
};
