/** A receipt by its number: what stands on it, another print, or void while its shift is open. */
import { useNavigate, useParams } from "@tanstack/react-router";
import { Button, Input, Table, Tag } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { language } from "#web/words/words.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { DESK } from "./paying.ts";
import { printReceipt } from "./print-receipt.ts";
import { PaperChoice } from "./taken-receipt.tsx";
import { useOpenShift } from "./use-shift.ts";
import { VoidDialog } from "./void-dialog.tsx";
import { words } from "./words.ts";

const FindReceipt = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const search = api.useMutation("post", "/search");
  const [typed, setTyped] = useState("");
  const look = async (): Promise<void> => {
    const q = typed.normalize("NFKC").trim();
    if (q === "") return;
    const { groups } = await search.mutateAsync({ body: { q, limit: 5 } });
    const found = groups.flatMap((group) => (group.kind === "receipts" ? group.items : []))[0];
    if (found !== undefined) await navigate({ to: "/receipts/$receiptId", params: { receiptId: found.id } });
  };
  const isNothing =
    search.data !== undefined &&
    !search.data.groups.some(({ kind, items }) => kind === "receipts" && items.length > 0);
  return (
    <>
      <Input
        autoFocus
        aria-label={t("receiptFind")}
        placeholder={t("receiptFind")}
        value={typed}
        maxLength={40}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={() => void look().catch(() => undefined)}
      />
      <Problem error={search.error} />
      {isNothing ? <p role="status">{t("receiptUnknown")}</p> : null}
    </>
  );
};

export const ReceiptsPage = () => {
  const t = words.useWords();
  return (
    <>
      <PageBar title={t("receiptsTitle")} />
      <FindReceipt />
      <Empty text={t("receiptEmpty")} />
    </>
  );
};

export const ReceiptPage = () => {
  const t = words.useWords();
  const { receiptId = "" } = useParams({ strict: false });
  // The paper that this till prints on.
  const { draft: desk, keep } = useDraft("counter-desk", DESK);
  const [isBlocked, setIsBlocked] = useState(false);
  const [isVoiding, setIsVoiding] = useState(false);
  const { shift } = useOpenShift();
  const { data, error, refetch } = api.useQuery("get", "/receipts/{id}", {
    params: { path: { id: receiptId } },
  });
  if (error !== null) return <Problem error={error} again={() => void refetch()} />;
  if (data === undefined) return null;
  const print = (): void => {
    setIsBlocked(!printReceipt(receiptId, desk.paper, language()));
    void forget("/receipts/{id}");
  };
  return (
    <>
      <PageBar
        title={`${t("receiptNo")} ${data.receiptNo}`}
        actions={
          <>
            <PaperChoice paper={desk.paper} choose={(paper) => keep({ paper })} />
            <Button onClick={print}>{t("printAgain")}</Button>
            {data.voidedAt === null && shift !== null && shift.id === data.shiftId ? (
              <Button danger onClick={() => setIsVoiding(true)}>
                {t("voidIt")}
              </Button>
            ) : null}
          </>
        }
      />
      <FindReceipt />
      {isBlocked ? <p role="status">{t("printBlocked")}</p> : null}
      <Facts
        rows={[
          [t("issuedAt"), dateTime(data.issuedAt)],
          [t("payer"), data.payerName],
          [t("total"), <Money key="total" fen={data.totalFen} />],
          [t("printed"), data.printCount],
          [
            t("voidedReceipt"),
            data.voidedAt === null ? null : (
              <Tag key="void" color="red">
                {dateTime(data.voidedAt)} {data.voidReason}
              </Tag>
            ),
          ],
        ]}
      />
      <Table
        aria-label={t("receiptNo")}
        size="small"
        pagination={false}
        rowKey={(line) => `${line.paymentId} ${line.billNo}`}
        dataSource={data.lines}
        columns={[
          { title: t("account"), dataIndex: "accountNo" },
          { title: t("billNo"), render: (_, line) => line.billNo ?? t("prepaid") },
          { title: t("amount"), align: "right", render: (_, line) => <Money fen={line.amountFen} /> },
          { title: t("stillDue"), align: "right", render: (_, line) => <Money fen={line.stillDueFen} /> },
        ]}
      />
      {isVoiding ? (
        <VoidDialog
          receiptId={receiptId}
          close={() => setIsVoiding(false)}
          done={() => setIsVoiding(false)}
        />
      ) : null}
    </>
  );
};
