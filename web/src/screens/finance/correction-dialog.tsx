/** Asks a second person for a correction: what it does, where the money goes, and why. */
import { Form, Input, Modal } from "antd";
import { api } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { tellDone } from "#web/furniture/above.ts";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useSettled } from "#web/furniture/use-settled.ts";
import { common } from "#web/words/common.ts";
import { askForCorrection, readCorrected, type Wish } from "./correcting.ts";
import type { Correction } from "./correction-kinds.ts";
import styles from "./finance.module.css";
import { corrections } from "./words-corrections.ts";

const ACCOUNT_NO = /^[0-9A-Za-z-]{6,32}$/;
const WAIT_MS = 300;

/** The other home as it stands there: a slip of a digit is seen before anybody is asked. */
const OtherHome = ({ accountNo }: { accountNo: string }) => {
  const settled = useSettled(accountNo.trim(), WAIT_MS);
  const isNumber = ACCOUNT_NO.test(settled);
  const { data, error } = api.useQuery(
    "get",
    "/accounts/{accountNo}",
    { params: { path: { accountNo: settled } } },
    { enabled: isNumber, retry: false },
  );
  if (!isNumber) return null;
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return null;
  const { community, building, premises, people } = data;
  const owner = people.find(({ role }) => role === "owner")?.name ?? people[0]?.name ?? "";
  return (
    <p role="status" className={styles["quiet"]}>
      {[community.name, building.name, premises.unit, premises.door, owner]
        .filter((part) => part !== "")
        .join(" ")}
    </p>
  );
};

type Props = {
  readonly accountNo: string;
  readonly kind: Correction;
  readonly thing: { readonly id: string; readonly billNo: string; readonly said: string };
  readonly close: () => void;
};

export const CorrectionDialog = ({ accountNo, kind, thing, close }: Props) => {
  const t = corrections.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Wish>();
  const intent = useIntent<Wish>(`correction-${kind}-${thing.id}`, {
    kind,
    id: thing.id,
    billNo: thing.billNo,
    reason: "",
    toAccountNo: "",
  });
  const send = async (): Promise<void> => {
    const answer = await intent.send((wish, key) =>
      askForCorrection(
        accountNo,
        { ...wish, reason: wish.reason.trim(), toAccountNo: wish.toAccountNo.trim() },
        key,
      ),
    );
    if (answer === undefined) return;
    tellDone(t("asked"));
    close();
    await readCorrected();
  };
  return (
    <Modal
      open
      title={`${t(`deed.${kind}`)} · ${thing.said}`}
      okText={t("ask")}
      cancelText={say("cancel")}
      confirmLoading={intent.isSending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <p>{t(`help.${kind}`)}</p>
      <Form
        form={form}
        layout="vertical"
        disabled={intent.isLocked}
        initialValues={intent.content}
        onValuesChange={(change: Partial<Wish>) => void intent.change(change)}
        onFinish={() => void send()}
      >
        {kind === "payment-move" ? (
          <Form.Item
            name="toAccountNo"
            label={t("toAccount")}
            rules={[{ required: true, pattern: ACCOUNT_NO, message: t("needsAccount") }]}
            extra={<OtherHome accountNo={intent.content.toAccountNo} />}
          >
            <Input maxLength={32} autoComplete="off" />
          </Form.Item>
        ) : null}
        <Form.Item
          name="reason"
          label={t("reason")}
          rules={[{ required: true, whitespace: true, min: 2, message: t("needsReason") }]}
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <IntentProblem intent={intent} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
