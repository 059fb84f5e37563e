/** Puts somebody into a role of the household from a day on. */
import { Form, Input, Modal, Radio } from "antd";
import type { Dayjs } from "dayjs";
import { call } from "#web/api/client.ts";
import { DayField } from "#web/furniture/day-field.tsx";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { common } from "#web/words/common.ts";
import { contactWords } from "../words-contacts.ts";
import type { Account } from "./types.ts";
import { useChange } from "./use-change.ts";

const ROLES = ["tenant", "payer", "owner"] as const;
const KINDS = ["person", "organisation"] as const;
const SOURCES = ["hotline", "counter", "written"] as const;

type Typed = {
  role: (typeof ROLES)[number];
  kind: (typeof KINDS)[number];
  name: string;
  phone?: string;
  from: Dayjs;
  source: (typeof SOURCES)[number];
};

export const NewPerson = ({ account, close }: { account: Account; close: () => void }) => {
  const t = contactWords.useWords();
  const say = common.useWords();
  const word = useCodes();
  const change = useChange(account, close);
  const [form] = Form.useForm<Typed>();
  const needed = [{ required: true, whitespace: true, message: say("required") }];
  const send = ({ phone = "", from, ...typed }: Typed): void =>
    void change.send((header) =>
      call.POST("/accounts/{accountNo}/people", {
        params: { path: { accountNo: account.accountNo }, header },
        body: {
          ...typed,
          from: from.format("YYYY-MM-DD"),
          phones: phone.trim() === "" ? [] : [{ number: phone.trim() }],
        },
      }),
    );
  return (
    <Modal
      open
      title={t("personTitle")}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: change.isBusy }}
    >
      <Form<Typed>
        form={form}
        layout="vertical"
        onFinish={send}
        initialValues={{ role: "tenant", kind: "person", from: houseToday(), source: "hotline" }}
      >
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input autoFocus maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item name="phone" label={t("phone")}>
          <Input inputMode="tel" maxLength={40} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t("role")}>
          <Radio.Group options={ROLES.map((role) => ({ value: role, label: word("person", role) }))} />
        </Form.Item>
        <Form.Item name="kind" label={t("kind")}>
          <Radio.Group options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} />
        </Form.Item>
        <Form.Item
          name="from"
          label={t("since")}
          extra={t("sinceHelp")}
          rules={[{ required: true, message: say("required") }]}
        >
          <DayField allowClear={false} />
        </Form.Item>
        <Form.Item name="source" label={t("source")}>
          <Radio.Group options={SOURCES.map((one) => ({ value: one, label: t(`source.${one}`) }))} />
        </Form.Item>
        <Problem error={change.error} again={change.again} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
