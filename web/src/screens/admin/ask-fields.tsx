/** A small form above the page: some fields, what is refused below them, closed when it is done. */
import { Form, Modal } from "antd";
import type { ReactNode } from "react";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";

type Props<Typed extends object> = {
  readonly title: string;
  readonly first: Partial<Typed>;
  readonly error: unknown;
  readonly isSending: boolean;
  readonly send: (typed: Typed) => void;
  readonly close: () => void;
  readonly children: ReactNode;
};

export const AskFields = <Typed extends object>({
  title,
  first,
  error,
  isSending,
  send,
  close,
  children,
}: Props<Typed>) => {
  const say = common.useWords();
  const [form] = Form.useForm<Typed>();
  return (
    <Modal
      open
      title={title}
      okText={say("save")}
      cancelText={say("cancel")}
      okButtonProps={{ loading: isSending }}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form<Typed> form={form} layout="vertical" initialValues={first} onFinish={send}>
        {children}
        <Problem error={error} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
