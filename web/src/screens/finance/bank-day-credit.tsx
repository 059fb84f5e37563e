/** What the bank put on our account for a day, written down by hand where no statement brings it. */
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { fenOfText } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { bank } from "./words-bank.ts";

type Typed = { reference: string; amount: string; fee?: string; valueDate: string };

const amountRule = (isNeeded: boolean, complaint: string) => ({
  validator: (_rule: unknown, value: string | undefined) =>
    ((value ?? "") === "" && !isNeeded) || fenOfText(value ?? "") !== null
      ? Promise.resolve()
      : Promise.reject(new Error(complaint)),
});

const CreditDialog = ({ channel, day, close }: { channel: string; day: string; close: () => void }) => {
  const t = bank.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Typed>();
  const { key } = useRequestKey();
  const send = api.useMutation("post", "/bank-days/{channel}/{day}/credits", {
    onSuccess: () => {
      close();
      void forget("/bank-days/{channel}/{day}", "/bank-board");
    },
  });
  const save = ({ reference, amount, fee, valueDate }: Typed): void =>
    send.mutate({
      params: { path: { channel, day }, header: { "Idempotency-Key": key() } },
      body: {
        reference,
        amountFen: fenOfText(amount) ?? 0,
        feeFen: fenOfText(fee ?? "") ?? 0,
        valueDate,
      },
    });
  return (
    <Modal
      open
      title={t("addCredit")}
      onCancel={close}
      okText={say("save")}
      cancelText={say("cancel")}
      okButtonProps={{ loading: send.isPending }}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" onFinish={save} initialValues={{ valueDate: day }}>
        <Form.Item
          name="reference"
          label={t("reference")}
          rules={[{ required: true, message: say("required") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="amount" label={t("amountYuan")} rules={[amountRule(true, t("notAmount"))]}>
          <Input inputMode="decimal" />
        </Form.Item>
        <Form.Item name="fee" label={t("feeYuan")} rules={[amountRule(false, t("notAmount"))]}>
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
      <Problem error={send.error} />
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
