/** The homes of the customer, what each owes and why, and what is paid now. */
import { Button, Input } from "antd";
import { Money } from "#web/furniture/money.tsx";
import { openDocument } from "#web/api/documents.ts";
import { yuan } from "#web/furniture/format.ts";
import { Table } from "#web/furniture/table.tsx";
import { amountOf, type Line, surplusOf } from "./basket.ts";
import styles from "./counter.module.css";
import { words } from "./words.ts";

type Props = {
  readonly lines: readonly Line[];
  readonly change: (accountNo: string, amount: string) => void;
  readonly remove: (accountNo: string) => void;
  readonly isBusy: boolean;
};

const Remark = ({ line }: { line: Line }) => {
  const t = words.useWords();
  const fen = amountOf(line);
  if (fen === null) return <span className={`${styles["note"]} ${styles["more"]}`}>{t("badAmount")}</span>;
  const surplusFen = surplusOf(line);
  if (surplusFen > 0) {
    return (
      <span className={`${styles["note"]} ${styles["more"]}`}>
        {t("moreThanOwed", { more: yuan(surplusFen) })}
      </span>
    );
  }
  if (fen < line.owedFen) {
    return <span className={styles["note"]}>{t("lessThanOwed", { rest: yuan(line.owedFen - fen) })}</span>;
  }
  return null;
};

/** Each open bill, with its explanation one click away. */
const Bills = ({ line }: { line: Line }) => {
  const t = words.useWords();
  return (
    <Table
      rowKey="billNo"
      dataSource={line.bills}
      columns={[
        { title: t("billNo"), dataIndex: "billNo" },
        { title: t("season"), dataIndex: "season" },
        { title: t("open"), align: "right", render: (_, bill) => <Money fen={bill.openFen} /> },
        { title: t("due"), render: (_, bill) => bill.dueOn ?? t("offered") },
        {
          title: "",
          render: (_, bill) => (
            <Button type="link" onClick={() => openDocument(`/bills/${bill.id}/print`)}>
              {t("why")}
            </Button>
          ),
        },
      ]}
    />
  );
};

const billsOf = (line: Line) => <Bills line={line} />;

export const BasketTable = ({ lines, change, remove, isBusy }: Props) => {
  const t = words.useWords();
  return (
    <Table<Line>
      aria-label={t("homes")}
      rowKey="accountNo"
      atOnce={50}
      dataSource={lines}
      empty={t("emptyBasket")}
      expandable={{
        expandedRowRender: billsOf,
        rowExpandable: (line) => line.bills.length > 0,
      }}
      columns={[
        { title: t("account"), dataIndex: "accountNo" },
        { title: t("home"), dataIndex: "address" },
        { title: t("people"), dataIndex: "owner" },
        { title: t("owes"), align: "right", render: (_, line) => <Money fen={line.owedFen} /> },
        {
          title: t("prepaid"),
          align: "right",
          render: (_, line) => (line.prepaidFen === 0 ? null : <Money fen={line.prepaidFen} />),
        },
        {
          title: t("amount"),
          width: 230,
          render: (_, line) => (
            <>
              <Input
                aria-label={`${t("amount")} ${line.accountNo}`}
                value={line.amount}
                inputMode="decimal"
                maxLength={16}
                disabled={isBusy}
                status={amountOf(line) === null ? "error" : ""}
                onChange={(event) => change(line.accountNo, event.target.value)}
              />
              <Remark line={line} />
            </>
          ),
        },
        {
          title: "",
          render: (_, line) => (
            <Button type="link" disabled={isBusy} onClick={() => remove(line.accountNo)}>
              {t("remove")}
            </Button>
          ),
        },
      ]}
    />
  );
};
