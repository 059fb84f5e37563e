/** The shift: opened with a float, closed with a count; what was taken by which tender, and the shifts before. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Modal } from "antd";
import { type ChangeEvent, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { type Intent, useIntent } from "#web/api/use-intent.ts";
import { tellDone } from "#web/furniture/above.ts";
import { amountRule } from "#web/furniture/amount-rule.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, fenOfText, yuan } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { Table, type ColumnsType } from "#web/furniture/table.tsx";
import { common } from "#web/words/common.ts";
import { useCodes } from "#web/words/codes.ts";
import { ReceiptList } from "./receipt-list.tsx";
import { useOpenShift } from "./use-shift.ts";
import { words } from "./words.ts";

type Shift = Answer<"get", "/shifts/{id}">;
type Row = Item<"/shifts">;

const readShiftsAgain = (): Promise<void> => forget("/shifts", "/shifts/{id}");

/** As it stands on the till: `t1`, and what an input method of full width makes of it, are T1. */
const tillOf = (typed: string): string => typed.normalize("NFKC").trim().toUpperCase();
const TILL = /^[A-Z0-9]{1,12}$/;
const tillRule = (message: string) => ({
  validator: (_rule: unknown, value: string | undefined) =>
    TILL.test(tillOf(value ?? "")) ? Promise.resolve() : Promise.reject(new Error(message)),
});
/** Left alone while an input method composes. */
const typedTill = ({ target, nativeEvent }: ChangeEvent<HTMLInputElement>): string =>
  nativeEvent instanceof InputEvent && nativeEvent.isComposing ? target.value : tillOf(target.value);

const NEW_SHIFT = { till: "", openingCash: "0" };

const OpenShift = () => {
  const t = words.useWords();
  const intent = useIntent("shift-open", NEW_SHIFT);
  const open = async (): Promise<void> => {
    const answer = await intent.send(({ till, openingCash }, key) =>
      call.POST("/shifts", {
        params: { header: { "Idempotency-Key": key } },
        body: { till: tillOf(till), openingCashFen: fenOfText(openingCash) ?? 0 },
      }),
    );
    if (answer !== undefined) await readShiftsAgain();
  };
  return (
    <Form
      layout="inline"
      disabled={intent.isLocked}
      initialValues={intent.content}
      onValuesChange={(change: Partial<typeof NEW_SHIFT>) => intent.change(change)}
      onFinish={() => void open()}
    >
      <Form.Item name="till" label={t("till")} getValueFromEvent={typedTill} rules={[tillRule(t("badTill"))]}>
        <Input autoFocus maxLength={12} placeholder="T01" />
      </Form.Item>
      <Form.Item name="openingCash" label={t("float")} rules={[amountRule(t("badAmount"))]}>
        <Input inputMode="decimal" maxLength={16} />
      </Form.Item>
      <Button type="primary" htmlType="submit" disabled={intent.isSending} loading={intent.isSending}>
        {t(intent.state === "unanswered" ? "askAgain" : "openShift")}
      </Button>
      <IntentProblem intent={intent} />
    </Form>
  );
};

const Tenders = ({ shift }: { shift: Shift }) => {
  const t = words.useWords();
  const word = useCodes();
  return (
    <Table
      aria-label={t("shiftTitle")}
      rowKey="tender"
      dataSource={shift.tenders}
      columns={[
        { title: t("tender"), render: (_, row) => word("tender", row.tender) },
        { title: t("takenCount"), dataIndex: "takenCount", align: "right" },
        { title: t("takenSum"), align: "right", render: (_, row) => <Money fen={row.takenFen} /> },
        { title: t("reversedSum"), align: "right", render: (_, row) => <Money fen={row.reversedFen} /> },
        { title: t("kept"), align: "right", render: (_, row) => <Money fen={row.keptFen} /> },
      ]}
    />
  );
};

type Count = { counted: string; posTotal: string; slip: string; difference: string };
const NO_COUNT: Count = { counted: "", posTotal: "0", slip: "", difference: "" };

/** What the count differs by, once the server has refused it for want of a reason. */
const Surplus = ({ error }: { error: unknown }) => {
  const t = words.useWords();
  if (error === null || problemOf(error).code !== "shift.difference-needs-reason") return null;
  const facts = problemOf(error).facts.facts ?? {};
  const say = (name: string, fen: unknown) =>
    typeof fen !== "number" || fen === 0 ? null : (
      <p>
        {name}: {t(fen > 0 ? "over" : "short")} ¥{yuan(Math.abs(fen))}
      </p>
    );
  return (
    <>
      {say(t("countedCash"), facts["cashSurplusFen"])}
      {say(t("posCounted"), facts["posSurplusFen"])}
    </>
  );
};

type CloseProps = { readonly shift: Shift; readonly intent: Intent<Count>; readonly close: () => void };

const CloseShift = ({ shift, intent, close }: CloseProps) => {
  const t = words.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Count>();
  const send = async (): Promise<void> => {
    const answer = await intent.send(({ counted, posTotal, slip, difference }, key) =>
      call.POST("/shifts/{id}/close", {
        params: { path: { id: shift.id }, header: { "Idempotency-Key": key } },
        body: {
          countedCashFen: fenOfText(counted) ?? 0,
          posTotalFen: fenOfText(posTotal) ?? 0,
          ...(slip === "" ? {} : { depositSlipNo: slip }),
          ...(difference === "" ? {} : { differenceReason: difference }),
        },
      }),
    );
    if (answer === undefined) return;
    close();
    tellDone(t("closed"));
    await readShiftsAgain();
  };
  return (
    <Modal
      open
      title={t("closeShift")}
      okText={t(intent.state === "unanswered" ? "askAgain" : "closeShift")}
      cancelText={say("cancel")}
      confirmLoading={intent.isSending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form
        form={form}
        layout="vertical"
        disabled={intent.isLocked}
        initialValues={intent.content}
        onValuesChange={(change: Partial<Count>) => intent.change(change)}
        onFinish={() => void send()}
      >
        <Form.Item name="counted" label={t("counted")} rules={[amountRule(t("badAmount"))]}>
          <Input autoFocus inputMode="decimal" maxLength={16} />
        </Form.Item>
        <Form.Item name="posTotal" label={t("posTotal")} rules={[amountRule(t("badAmount"))]}>
          <Input inputMode="decimal" maxLength={16} />
        </Form.Item>
        <Form.Item name="slip" label={t("slip")}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="difference" label={t("difference")}>
          <Input maxLength={200} />
        </Form.Item>
        <Surplus error={intent.error} />
        <IntentProblem intent={intent} />
        <EnterSends />
      </Form>
    </Modal>
  );
};

const OwnShift = ({ shiftId }: { shiftId: string }) => {
  const t = words.useWords();
  const intent = useIntent(`shift-close-${shiftId}`, NO_COUNT);
  // Sent and never answered: the count stands as it was sent, and is asked about again.
  const [isClosing, setIsClosing] = useState(intent.isLocked);
  const { data, error, refetch } = api.useQuery("get", "/shifts/{id}", { params: { path: { id: shiftId } } });
  if (error !== null) return <Problem error={error} again={() => void refetch()} />;
  if (data === undefined) return null;
  const { receipts } = data;
  return (
    <section aria-label={t("shiftTitle")}>
      <Facts
        rows={[
          [t("till"), data.till],
          [t("day"), data.businessDay],
          [t("openedAt"), dateTime(data.openedAt)],
          [t("float"), yuan(data.openingCashFen)],
          [
            t("receiptsIssued"),
            receipts.firstNumber === null
              ? null
              : t("receiptRange", {
                  first: receipts.firstNumber,
                  last: receipts.lastNumber ?? receipts.firstNumber,
                  count: receipts.issuedCount,
                  voided: receipts.voidedCount,
                }),
          ],
        ]}
      />
      {data.tenders.length === 0 ? null : <Tenders shift={data} />}
      <Button type="primary" onClick={() => setIsClosing(true)}>
        {t("closeShift")}
      </Button>{" "}
      <Link to="/counter">{t("take")}</Link>
      {isClosing ? <CloseShift shift={data} intent={intent} close={() => setIsClosing(false)} /> : null}
      <h2>{t("ofDay", { day: data.businessDay })}</h2>
      <ReceiptList day={data.businessDay} empty={t("noReceiptsToday")} />
    </section>
  );
};

const Difference = ({ shift }: { shift: Row }) => {
  const t = words.useWords();
  const cash = (shift.countedCashFen ?? 0) - (shift.expectedCashFen ?? 0);
  const terminal = (shift.posTotalFen ?? 0) - (shift.expectedPosFen ?? 0);
  return (
    <>
      <Money fen={cash} />
      {terminal === 0 ? null : <div>{t("surplusOfTerminal", { amount: yuan(terminal) })}</div>}
    </>
  );
};

const History = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const data = usePages<Row>(["get", "/shifts", { state: "closed" }], (cursor) =>
    call
      .GET("/shifts", {
        params: { query: { state: "closed", limit: 20, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Row> = [
    { title: t("day"), dataIndex: "businessDay" },
    { title: t("till"), dataIndex: "till" },
    { title: t("cashier"), dataIndex: "cashier" },
    { title: t("closedAt"), render: (_, row) => dateTime(row.closedAt) },
    { title: t("expectedCash"), align: "right", render: (_, row) => <Money fen={row.expectedCashFen} /> },
    { title: t("countedCash"), align: "right", render: (_, row) => <Money fen={row.countedCashFen} /> },
    { title: t("expectedPos"), align: "right", render: (_, row) => <Money fen={row.expectedPosFen} /> },
    { title: t("posCounted"), align: "right", render: (_, row) => <Money fen={row.posTotalFen} /> },
    { title: t("surplus"), align: "right", render: (_, row) => <Difference shift={row} /> },
    { title: t("slip"), dataIndex: "depositSlipNo" },
    { title: t("difference"), dataIndex: "differenceReason" },
  ];
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.id}
      columns={columns}
      empty={t("noShifts")}
      label={t("history")}
      open={({ businessDay }) => void navigate({ to: "/receipts", search: { day: businessDay } })}
    />
  );
};

export const ShiftPage = () => {
  const t = words.useWords();
  const { shift, isReading, error, again } = useOpenShift();
  return (
    <>
      <PageBar title={t("shiftTitle")} />
      {error === null ? null : <Problem error={error} again={again} />}
      {isReading ? null : shift === null ? <OpenShift /> : <OwnShift shiftId={shift.id} />}
      <h2>{t("history")}</h2>
      <History />
    </>
  );
};
