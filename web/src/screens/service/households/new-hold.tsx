/** Places a hold on the household: why it is left alone, and until when. */
import { Form, Input, Modal, Radio } from "antd";
import type { Dayjs } from "dayjs";
import { call } from "#web/api/client.ts";
import { DayField, isRead } from "#web/furniture/day-field.tsx";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDialogShortcut } from "#web/furniture/shortcuts.ts";
import { useCodes } from "#web/words/codes.ts";
import { common } from "#web/words/common.ts";
import { contactWords } from "../words-contacts.ts";
import type { Account } from "./types.ts";
import { useChange } from "./use-change.ts";

const KINDS = ["care", "dispute", "payment-plan", "mourning"] as const;
type Typed = { kind: (typeof KINDS)[number]; reason: string; endsOn?: Dayjs | null };

export const NewHold = ({ account, close }: { account: Account; close: () => void }) => {
  const t = contactWords.useWords();
  const say = common.useWords();
  const word = useCodes();
  const change = useChange(account, close);
  const [form] = Form.useForm<Typed>();
  const send = ({ kind, reason, endsOn = null }: Typed): void =>
    void change.send((header) =>
      call.POST("/accounts/{accountNo}/holds", {
        params: { path: { accountNo: account.accountNo }, header },
        body: {
          kind,
          reason: reason.trim(),
          startsOn: houseToday().format("YYYY-MM-DD"),
          endsOn: endsOn?.format("YYYY-MM-DD") ?? null,
        },
      }),
    );
  useDialogShortcut("$mod+Enter", t("holdTitle"), () => form.submit());
  return (
    <Modal
      open
      title={t("holdTitle")}
      okText={`${t("holdTitle")} (Ctrl+Enter)`}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: change.isBusy }}
    >
      <Form<Typed> form={form} layout="vertical" onFinish={send} initialValues={{ kind: "care" }}>
        <Form.Item name="kind" label={t("holdKind")} extra={t("careHelp")}>
          <Radio.Group options={KINDS.map((kind) => ({ value: kind, label: word("hold", kind) }))} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t("why")}
          rules={[{ required: true, whitespace: true, message: say("required") }]}
        >
          <Input.TextArea autoFocus rows={2} maxLength={500} />
        </Form.Item>
        <Form.Item
          name="endsOn"
          label={t("lastDay")}
          rules={[
            {
              validator: (_, value: Dayjs | null | undefined) =>
                isRead(value) ? Promise.resolve() : Promise.reject(new Error(say("required"))),
            },
          ]}
        >
          <DayField />
        </Form.Item>
        <Problem error={change.error} again={change.again} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
