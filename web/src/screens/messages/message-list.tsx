/** Messages, the youngest first; of unknown ones a person says what became of them, dead letters are sent again. */
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { Column, ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./messages.module.css";
import type { Purpose } from "./routes.ts";
import { words } from "./words.ts";

type Message = Item<"/messages">;
type Name = "all" | "unknown" | "rejected";
const DECISIONS = ["arrived", "send-again", "give-up"] as const;
type Order = (typeof DECISIONS)[number] | "replay";
const EMPTY = { all: "empty", unknown: "emptyUnknown", rejected: "emptyRejected" } as const;

const useColumns = (): ColumnsType<Message> => {
  const t = words.useWords();
  const word = useCodes();
  return [
    { title: t("no"), dataIndex: "id", width: 72 },
    { title: t("state"), width: 84, render: (_, row) => word("message", row.state) },
    { title: t("channel"), width: 72, render: (_, row) => word("medium", row.channel) },
    { title: t("purpose"), width: 100, ellipsis: true, render: (_, row) => word("purpose", row.purpose) },
    { title: t("recipient"), width: 130, ellipsis: true, dataIndex: "recipient" },
    { title: t("account"), width: 100, dataIndex: "accountNo" },
    { title: t("regarding"), width: 130, ellipsis: true, dataIndex: "regarding" },
    { title: t("template"), ellipsis: true, dataIndex: "template" },
    { title: t("reason"), ellipsis: true, dataIndex: "reason" },
    { title: t("changed"), width: 96, render: (_, row) => dateTime(row.changedAt).slice(5) },
  ];
};

/** One box for each message, and one above for all that are read. */
const tickColumn = (
  all: string,
  rows: readonly Message[],
  picked: readonly string[],
  pick: (ids: readonly string[]) => void,
): Column<Message> => ({
  key: "tick",
  width: 36,
  align: "center",
  title: (
    <Checkbox
      aria-label={all}
      checked={rows.length > 0 && picked.length === rows.length}
      indeterminate={picked.length > 0 && picked.length < rows.length}
      disabled={rows.length === 0}
      onChange={({ target }) => pick(target.checked ? rows.map(({ id }) => id) : [])}
    />
  ),
  render: (_, { id }) => (
    <Checkbox
      aria-label={id}
      checked={picked.includes(id)}
      onChange={({ target }) => pick(target.checked ? [...picked, id] : picked.filter((one) => one !== id))}
    />
  ),
});

const ASKED = { order: "replay" as Order, ids: [] as readonly string[], reason: "" };

/** Does what was asked, and says to how many. */
const carryOut = async ({ order, ids, reason }: typeof ASKED, key: string): Promise<number> => {
  const header = { "Idempotency-Key": key };
  if (order === "replay") {
    const { data } = await call.POST("/messages/replays", {
      params: { header },
      body: { ids: [...ids], reason },
    });
    return data?.queued ?? 0;
  }
  const { data } = await call.POST("/messages/decisions", {
    params: { header },
    body: { ids: [...ids], decision: order, reason },
  });
  return data?.decided ?? 0;
};

/** The buttons over the list: what is done with those that are ticked. */
const Orders = ({
  list,
  picked,
  done,
}: {
  list: "unknown" | "rejected";
  picked: readonly string[];
  done: (count: number) => void;
}) => {
  const t = words.useWords();
  const [order, setOrder] = useState<Order>();
  const intent = useIntent(`messages-${list}`, ASKED);
  const carry = async (): Promise<void> => {
    const count = await intent.send(carryOut);
    if (count === undefined) return;
    done(count);
    await forget("/messages", "/messages/{id}", "/messages/channels");
  };
  const ask = async (reason: string): Promise<void> => {
    if (order !== undefined) intent.change({ order, ids: picked, reason });
    // What is refused is said beside the buttons: there it can be asked again, also after a reload.
    await carry();
  };
  const orders: readonly Order[] = list === "unknown" ? DECISIONS : ["replay"];
  const label = (one: Order): string =>
    one === "replay" ? t("replay", { count: picked.length }) : t(`decision.${one}`);
  return (
    <div className={styles["row"]}>
      <span className={styles["quiet"]}>
        {picked.length === 0 ? t("pick") : list === "unknown" ? t("decide", { count: picked.length }) : ""}
      </span>
      {orders.map((one) => (
        <Button
          key={one}
          disabled={picked.length === 0 || intent.isLocked}
          loading={intent.isSending}
          onClick={() => setOrder(one)}
        >
          {label(one)}
        </Button>
      ))}
      {order === undefined ? null : (
        <AskReason title={label(order)} act={ask} close={() => setOrder(undefined)} />
      )}
      <IntentProblem intent={intent} again={() => void carry()} />
    </div>
  );
};

type Props = {
  readonly list: Name;
  readonly purpose: Purpose | undefined;
  readonly open: (id: string) => void;
};
export const MessageList = ({ list, purpose, open }: Props) => {
  const t = words.useWords();
  const may = useMay();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [count, setCount] = useState<number>();
  const data = usePages(["get", "/messages", { list, purpose }], async (cursor) => {
    const query = {
      ...(list === "all" ? {} : { state: list }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    return (await call.GET("/messages", { params: { query } })).data;
  });
  const columns = useColumns();
  const canOrder = list !== "all" && may("message.write");
  return (
    <>
      {canOrder ? (
        <Orders
          list={list}
          picked={picked}
          done={(done) => {
            setCount(done);
            setPicked([]);
          }}
        />
      ) : null}
      {count === undefined ? null : <p role="status">{t("done", { count })}</p>}
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={canOrder ? [tickColumn(t("list.all"), data.rows, picked, setPicked), ...columns] : columns}
        tableLayout="fixed"
        open={(row) => open(row.id)}
        empty={t(EMPTY[list])}
        label={`${t("title")} ${t(`list.${list}`)}`}
      />
    </>
  );
};
