/** What the bank put on our account for a day, written down by hand where no statement brings it. */
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { amountRule } from "#web/furniture/amount-rule.ts";
import { fenOfText } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { common } from "#web/words/common.ts";
import { bank } from "./words-bank.ts";

type Typed = { reference: string; amount: string; fee?: string; valueDate: string };
const EMPTY = { reference: "", amount: "", fee: "" };

const CreditDialog = ({ channel, day, close }: { channel: string; day: string; close: () => void }) => {
  const t = bank.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Typed>();
  const intent = useIntent<Typed>(`bank-credit-${channel}-${day}`, { ...EMPTY, valueDate: day });
  const save = async (typed: Typed): Promise<void> => {
    intent.change(typed);
    const saved = await intent.send(({ reference, amount, fee, valueDate }, key) =>
      call.POST("/bank-days/{channel}/{day}/credits", {
        params: { path: { channel, day }, header: { "Idempotency-Key": key } },
        body: {
          reference,
          amountFen: fenOfText(amount) ?? 0,
          feeFen: fenOfText(fee ?? "") ?? 0,
          valueDate,
        },
      }),
    );
    if (saved === undefined) return;
    close();
    await forget("/bank-days/{channel}/{day}", "/bank-board");
  };
  return (
    <Modal
      open
      title={t("addCredit")}
      onCancel={close}
      okText={say("save")}
      cancelText={say("cancel")}
      okButtonProps={{ loading: intent.isSending }}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        disabled={intent.isLocked}
        onFinish={(typed) => void save(typed)}
        onValuesChange={(_, typed) => intent.change(typed)}
        initialValues={intent.content}
      >
        <Form.Item
          name="reference"
          label={t("reference")}
          rules={[{ required: true, message: say("required") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="amount" label={t("amountYuan")} rules={[amountRule(t("notAmount"))]}>
          <Input inputMode="decimal" />
        </Form.Item>
        <Form.Item name="fee" label={t("feeYuan")} rules={[amountRule(t("notAmount"), false)]}>
          <Input inputMode="decimal" />
        </Form.Item>
        <Form.Item
          name="valueDate"
          label={t("valueDate")}
          rules={[{ required: true, message: say("required") }]}
        >
          <Input type="date" />
        </Form.Item>
      </Form>
      <IntentProblem intent={intent} />
    </Modal>
  );
};

export const CreditButton = (day: { channel: string; day: string }) => {
  const t = bank.useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("addCredit")}</Button>
      {open ? <CreditDialog {...day} close={() => setOpen(false)} /> : null}
    </>
  );
};
