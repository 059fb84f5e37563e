/** The receipts of a day without their numbers: newest first, opened, printed or voided from the row. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { timeOf } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Money } from "#web/furniture/money.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import styles from "./counter.module.css";
import { DESK } from "./paying.ts";
import { printReceipt } from "./print-receipt.ts";
import { useOpenShift } from "./use-shift.ts";
import { Homes, VoidDialog } from "./void-dialog.tsx";
import { words } from "./words.ts";

type Row = Item<"/receipts">;

/** Without a day: today's, by the house's clock. */
const useReceipts = (day: string | undefined) =>
  usePages<Row>(["get", "/receipts", day ?? ""], (cursor) =>
    call
      .GET("/receipts", {
        params: {
          query: {
            limit: 20,
            ...(day === undefined ? {} : { day }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      })
      .then((answer) => answer.data),
  );

type ColumnProps = {
  readonly openShiftId: string | undefined;
  readonly print: (receiptId: string) => void;
  readonly startVoid: (row: Row) => void;
};

const useColumns = ({ openShiftId, print, startVoid }: ColumnProps): ColumnsType<Row> => {
  const t = words.useWords();
  const word = useCodes();
  return [
    { title: t("issuedAt"), render: (_, row) => timeOf(row.issuedAt) },
    {
      title: t("receiptNo"),
      render: (_, row) => (
        <Link to="/receipts/$receiptId" params={{ receiptId: row.receiptId }}>
          {row.receiptNo}
        </Link>
      ),
    },
    { title: t("homes"), render: (_, row) => <Homes homes={row.homes} count={row.homeCount} /> },
    { title: t("payer"), dataIndex: "payerName" },
    { title: t("amount"), align: "right", render: (_, row) => <Money fen={row.totalFen} /> },
    {
      title: t("tender"),
      render: (_, row) => row.tenders.map((tender) => word("tender", tender)).join(" "),
    },
    { title: t("cashier"), dataIndex: "cashier" },
    {
      title: t("state"),
      render: (_, row) =>
        row.voidedAt === null ? (
          <Mark tone="good">{t("stands")}</Mark>
        ) : (
          <Mark tone="bad">{t("voidedReceipt")}</Mark>
        ),
    },
    {
      title: t("deeds"),
      render: (_, row) => (
        <span className={styles["deeds"]}>
          <Button
            size="small"
            aria-label={`${t("printAgain")} ${row.receiptNo}`}
            onClick={() => print(row.receiptId)}
          >
            {t("printAgain")}
          </Button>
          {row.voidedAt === null && row.shiftId === openShiftId ? (
            <Button
              size="small"
              danger
              aria-label={`${t("voidTitle")} ${row.receiptNo}`}
              onClick={() => startVoid(row)}
            >
              {t("voidShort")}
            </Button>
          ) : null}
        </span>
      ),
    },
  ];
};

/** `empty`: said where there is none. */
export const ReceiptList = ({ day, empty }: { day?: string | undefined; empty: string }) => {
  const t = words.useWords();
  const navigate = useNavigate();
  const data = useReceipts(day);
  const { shift } = useOpenShift();
  // The paper that this till prints on.
  const { draft: desk } = useDraft("counter-desk", DESK);
  const [isBlocked, setIsBlocked] = useState(false);
  const [voiding, setVoiding] = useState<Row | null>(null);
  const columns = useColumns({
    openShiftId: shift?.id,
    print: (receiptId) => setIsBlocked(!printReceipt(receiptId, desk.paper, language())),
    startVoid: setVoiding,
  });
  return (
    <>
      {isBlocked ? <p role="status">{t("printBlocked")}</p> : null}
      <DataTable
        data={data}
        rowKey={(row) => row.receiptId}
        columns={columns}
        label={t("receiptsTitle")}
        empty={empty}
        open={({ receiptId }) => void navigate({ to: "/receipts/$receiptId", params: { receiptId } })}
      />
      {voiding === null ? null : (
        <VoidDialog receipt={voiding} close={() => setVoiding(null)} done={() => setVoiding(null)} />
      )}
    </>
  );
};
