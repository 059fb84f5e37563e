/** The shift of a cashier who does not come, counted and closed by somebody else; first what is still at its terminal. */
import { Alert, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import type { Answer } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { amountRule } from "#web/furniture/amount-rule.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, fenOfText, yuan } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Money } from "#web/furniture/money.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { common } from "#web/words/common.ts";
import styles from "./finance.module.css";
import { inPlace } from "./words-in-place.ts";

type Shift = Answer<"get", "/shifts/{id}">;
type Charge = Answer<"post", "/terminal-charges/{id}/look-in-place">;

const readAgain = (): Promise<void> => forget("/shifts", "/shifts/{id}", "/receipts");

/** Nothing closes over an amount at the terminal: it is looked at, or taken back. */
const AtTerminal = ({ charge }: { charge: NonNullable<Shift["openCharge"]> }) => {
  const t = inPlace.useWords();
  const look = api.useMutation("post", "/terminal-charges/{id}/look-in-place");
  const cancel = api.useMutation("post", "/terminal-charges/{id}/cancel-in-place");
  const [seen, setSeen] = useState<Charge | null>(null);
  const request = { params: { path: { id: charge.id } } };
  const heard = {
    onSuccess: (answer: Charge) => {
      setSeen(answer);
      void readAgain();
    },
  };
  const said =
    seen === null
      ? null
      : seen.trouble !== null
        ? t("terminalTrouble", { why: seen.trouble })
        : t(seen.isCancelling ? "cancelling" : `charge.${seen.state}`);
  return (
    <Alert
      type="warning"
      title={t("atTerminal", { amount: yuan(charge.amountFen) })}
      description={
        <>
          <p role="status">{said ?? t("atTerminalWhy")}</p>
          <span className={styles["inline"]}>
            <Button loading={look.isPending} onClick={() => look.mutate(request, heard)}>
              {t("look")}
            </Button>
            <Button danger loading={cancel.isPending} onClick={() => cancel.mutate(request, heard)}>
              {t("cancelCharge")}
            </Button>
          </span>
          <Problem error={look.error ?? cancel.error} />
        </>
      }
    />
  );
};

/** What the count differs by, once the server has refused it for want of a reason. */
const Surplus = ({ error }: { error: unknown }) => {
  const t = inPlace.useWords();
  if (error === null || problemOf(error).code !== "shift.difference-needs-reason") return null;
  const facts = problemOf(error).facts.facts ?? {};
  return (["cashSurplusFen", "posSurplusFen"] as const).map((name) => {
    const fen = facts[name];
    return typeof fen !== "number" || fen === 0 ? null : (
      <p key={name}>
        {t(name)}: {t(fen > 0 ? "over" : "short")} ¥{yuan(Math.abs(fen))}
      </p>
    );
  });
};

type Count = { counted: string; posTotal: string; slip: string; difference: string; reason: string };
const NO_COUNT: Count = { counted: "", posTotal: "0", slip: "", difference: "", reason: "" };

const sendCount = (shiftId: string, count: Count, key: string) =>
  call.POST("/shifts/{id}/close-in-place", {
    params: { path: { id: shiftId }, header: { "Idempotency-Key": key } },
    body: {
      countedCashFen: fenOfText(count.counted) ?? 0,
      posTotalFen: fenOfText(count.posTotal) ?? 0,
      reason: count.reason,
      ...(count.slip === "" ? {} : { depositSlipNo: count.slip }),
      ...(count.difference === "" ? {} : { differenceReason: count.difference }),
    },
  });

const ShiftFacts = ({ shift }: { shift: Shift }) => {
  const t = inPlace.useWords();
  const word = useCodes();
  return (
    <Facts
      rows={[
        [t("whose"), `${shift.cashier} · ${shift.till} · ${shift.businessDay}`],
        [t("opened"), dateTime(shift.openedAt)],
        [t("float"), <Money key="float" fen={shift.openingCashFen} />],
        [
          t("taken"),
          shift.tenders.length === 0
            ? t("nothingTaken")
            : shift.tenders.map(({ tender, takenCount, keptFen }) => (
                <div key={tender}>
                  {word("tender", tender)} {t("items", { count: takenCount })} <Money fen={keptFen} />
                </div>
              )),
        ],
      ]}
    />
  );
};

export const CloseInPlace = ({ shiftId, close }: { shiftId: string; close: () => void }) => {
  const t = inPlace.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Count>();
  const intent = useIntent(`shift-close-in-place-${shiftId}`, NO_COUNT);
  const { data, error, refetch } = api.useQuery("get", "/shifts/{id}", { params: { path: { id: shiftId } } });
  const send = async (): Promise<void> => {
    const answer = await intent.send((count, key) => sendCount(shiftId, count, key));
    if (answer === undefined) return;
    close();
    await readAgain();
  };
  const charge = data?.openCharge ?? null;
  const field = (name: keyof Count, isAmount: boolean) => (
    <Form.Item name={name} label={t(name)} rules={isAmount ? [amountRule(t("badAmount"))] : []}>
      <Input maxLength={isAmount ? 16 : 60} {...(isAmount && { inputMode: "decimal" })} />
    </Form.Item>
  );
  return (
    <Modal
      open
      title={t("title")}
      okText={intent.state === "unanswered" ? say("askAgain") : t("closeIt")}
      okButtonProps={{ disabled: data === undefined || charge !== null }}
      cancelText={say("cancel")}
      confirmLoading={intent.isSending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      {error === null ? null : <Problem error={error} again={() => void refetch()} />}
      {data === undefined ? null : <ShiftFacts shift={data} />}
      {charge === null ? null : <AtTerminal key={charge.id} charge={charge} />}
      <Form
        form={form}
        layout="vertical"
        disabled={intent.isLocked}
        initialValues={intent.content}
        onValuesChange={(change: Partial<Count>) => intent.change(change)}
        onFinish={() => void send()}
      >
        <Form.Item
          name="reason"
          label={t("reason")}
          rules={[{ required: true, min: 2, message: t("needReason") }]}
        >
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <div className={styles["pairs"]}>
          {field("counted", true)}
          {field("posTotal", true)}
          {field("slip", false)}
          {field("difference", false)}
        </div>
        <Surplus error={intent.error} />
        <IntentProblem intent={intent} />
      </Form>
    </Modal>
  );
};
