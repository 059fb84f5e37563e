/** The receipts of a day, and one of them: what stands on it, another print, or void while its shift is open. */
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { houseToday } from "#web/furniture/house-day.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { channelText } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import styles from "./counter.module.css";
import { FindReceipt } from "./find-receipt.tsx";
import { DESK } from "./paying.ts";
import { printReceipt } from "./print-receipt.ts";
import { ReceiptList } from "./receipt-list.tsx";
import { PaperChoice } from "./taken-receipt.tsx";
import { useOpenShift } from "./use-shift.ts";
import { VoidDialog } from "./void-dialog.tsx";
import { words } from "./words.ts";

type Receipt = Answer<"get", "/receipts/{id}">;

export const ReceiptsPage = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const { day } = useSearch({ from: "/inside/receipts" });
  const { draft: desk, keep } = useDraft("counter-desk", DESK);
  return (
    <>
      <PageBar
        title={t("receiptsTitle")}
        actions={<PaperChoice paper={desk.paper} choose={(paper) => keep({ paper })} />}
      >
        <label className={styles["inline"]}>
          {t("day")}{" "}
          <Input
            type="date"
            value={day ?? houseToday().format("YYYY-MM-DD")}
            onChange={({ target }) =>
              void navigate({
                to: "/receipts",
                search: target.value === "" ? {} : { day: target.value },
                replace: true,
              })
            }
          />
        </label>
      </PageBar>
      <FindReceipt />
      <ReceiptList day={day} empty={t(day === undefined ? "noReceiptsToday" : "noReceiptsThen")} />
    </>
  );
};

/** Each home once, though every bill of it is a line. */
const homesOf = ({ lines }: Receipt) => [...new Map(lines.map((line) => [line.accountNo, line])).values()];

const OnReceipt = ({ receipt }: { receipt: Receipt }) => {
  const t = words.useWords();
  const word = useCodes();
  return (
    <>
      <Facts
        rows={[
          [t("issuedAt"), dateTime(receipt.issuedAt)],
          [t("cashier"), [receipt.cashier, receipt.till].filter((part) => part !== null).join(" · ")],
          [t("payer"), receipt.payerName === "" ? t("payerBlank") : receipt.payerName],
          [
            t("tender"),
            receipt.tenders.map(({ tender, channel, channelName, channelNameEn, amountFen }) => (
              <div key={`${tender} ${channel}`}>
                {channelText({ name: channelName, nameEn: channelNameEn, code: channel }, language())}{" "}
                {word("tender", tender)} <Money fen={amountFen} />
              </div>
            )),
          ],
          [t("total"), <Money key="total" fen={receipt.totalFen} />],
          [t("printed"), receipt.printCount],
          [
            t("state"),
            receipt.voidedAt === null ? (
              <Mark key="stands" tone="good">
                {t("stands")}
              </Mark>
            ) : (
              <Mark key="void" tone="bad">
                {t("voidedReceipt")} {dateTime(receipt.voidedAt)} {receipt.voidReason}
              </Mark>
            ),
          ],
        ]}
      />
      <Table
        aria-label={t("receiptNo")}
        rowKey={(line) => `${line.paymentId} ${line.billNo}`}
        dataSource={receipt.lines}
        columns={[
          {
            title: t("account"),
            render: (_, line) => (
              <Link to="/households/$accountNo" params={{ accountNo: line.accountNo }}>
                {line.accountNo}
              </Link>
            ),
          },
          { title: t("home"), dataIndex: "address" },
          { title: t("billNo"), render: (_, line) => line.billNo ?? t("prepaid") },
          { title: t("amount"), align: "right", render: (_, line) => <Money fen={line.amountFen} /> },
          { title: t("stillDue"), align: "right", render: (_, line) => <Money fen={line.stillDueFen} /> },
        ]}
      />
    </>
  );
};

/** What can be done with it; nothing where the right is missing. */
const Deeds = ({ receipt, setIsBlocked }: { receipt: Receipt; setIsBlocked: (is: boolean) => void }) => {
  const t = words.useWords();
  const may = useMay();
  // The paper that this till prints on.
  const { draft: desk, keep } = useDraft("counter-desk", DESK);
  const [isVoiding, setIsVoiding] = useState(false);
  const { shift } = useOpenShift();
  if (!may("receipt.issue")) return null;
  const print = (): void => {
    setIsBlocked(!printReceipt(receipt.receiptId, desk.paper, language()));
    void forget("/receipts/{id}", "/receipts");
  };
  return (
    <>
      <PaperChoice paper={desk.paper} choose={(paper) => keep({ paper })} />
      <Button onClick={print}>{t("printAgain")}</Button>
      {receipt.voidedAt === null && shift !== null && shift.id === receipt.shiftId ? (
        <Button danger onClick={() => setIsVoiding(true)}>
          {t("voidIt")}
        </Button>
      ) : null}
      {isVoiding ? (
        <VoidDialog
          receipt={{ ...receipt, homes: homesOf(receipt) }}
          close={() => setIsVoiding(false)}
          done={() => setIsVoiding(false)}
        />
      ) : null}
    </>
  );
};

export const ReceiptPage = () => {
  const t = words.useWords();
  const may = useMay();
  const { receiptId = "" } = useParams({ strict: false });
  const [isBlocked, setIsBlocked] = useState(false);
  // Another one is looked for: this one is no answer to that, and goes with all that could be done with it.
  const [isAnotherSought, setIsAnotherSought] = useState(false);
  const { data, error, refetch } = api.useQuery("get", "/receipts/{id}", {
    params: { path: { id: receiptId } },
  });
  const shown = isAnotherSought ? undefined : data;
  return (
    <>
      <PageBar
        title={shown === undefined ? t("receiptsTitle") : `${t("receiptNo")} ${shown.receiptNo}`}
        actions={shown === undefined ? null : <Deeds receipt={shown} setIsBlocked={setIsBlocked} />}
      >
        {may("receipt.issue") ? <Link to="/receipts">{t("ofToday")}</Link> : null}
      </PageBar>
      <FindReceipt looked={(isThere) => setIsAnotherSought(!isThere)} />
      {isBlocked ? <p role="status">{t("printBlocked")}</p> : null}
      {isAnotherSought || error === null ? null : <Problem error={error} again={() => void refetch()} />}
      {shown === undefined ? null : <OnReceipt receipt={shown} />}
    </>
  );
};
