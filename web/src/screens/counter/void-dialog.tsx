/** Money on the wrong home: voided on the spot, with a second person who is there. */
import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { ApiProblem } from "#web/api/problem.ts";
import type { Body } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { words } from "./words.ts";

type Props = {
  readonly paymentIds: readonly string[];
  readonly close: () => void;
  readonly done: () => void;
};
type Typed = { reason: string; login: string; password: string; totp?: string };

type Order = Body<"post", "/payments/{id}/void">;

/** A receipt of several homes is voided home by home: what an earlier try has voided already is done. */
const voidOnce = async (id: string, body: Order): Promise<void> => {
  try {
    await call.POST("/payments/{id}/void", { params: { path: { id } }, body });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "payment.already-reversed") throw error;
  }
};

export const VoidDialog = ({ paymentIds, close, done }: Props) => {
  const t = words.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Typed>();
  const [problem, setProblem] = useState<unknown>(null);
  const [isSending, setIsSending] = useState(false);
  const send = async ({ reason, login, password, totp }: Typed): Promise<void> => {
    setIsSending(true);
    setProblem(null);
    try {
      const approver = { login, password, ...(totp === undefined || totp === "" ? {} : { totp }) };
      for (const id of paymentIds) await voidOnce(id, { reason, approver });
      await forget("/shifts", "/shifts/{id}", "/receipts/{id}");
      done();
    } catch (error) {
      setProblem(error);
    } finally {
      setIsSending(false);
    }
  };
  return (
    <Modal
      open
      title={t("voidTitle")}
      okText={t("voidTitle")}
      okButtonProps={{ danger: true }}
      cancelText={say("cancel")}
      confirmLoading={isSending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ reason: t("voidWrongHome") }}
        onFinish={(typed) => void send(typed)}
      >
        <Form.Item name="reason" label={t("voidWhy")} rules={[{ required: true, min: 2 }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="login" label={t("approverLogin")} rules={[{ required: true }]}>
          <Input autoComplete="off" maxLength={40} />
        </Form.Item>
        <Form.Item name="password" label={t("approverPassword")} rules={[{ required: true }]}>
          <Input.Password autoComplete="off" maxLength={200} />
        </Form.Item>
        <Form.Item name="totp" label={t("approverCode")}>
          <Input inputMode="numeric" autoComplete="off" maxLength={6} />
        </Form.Item>
        <Problem error={problem} />
      </Form>
    </Modal>
  );
};
