/** Money on the wrong home: the receipt is voided on the spot as a whole, with a second person who is there. */
import { Form, Input, Modal } from "antd";
import { api, forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { Money } from "#web/furniture/money.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import styles from "./counter.module.css";
import { words } from "./words.ts";

const HOMES_SHOWN = 3;
export type Home = { readonly accountNo: string; readonly address: string };
type Props = {
  /** Whose second person reads what goes off before giving a password for it. */
  readonly receipt: {
    readonly receiptId: string;
    readonly receiptNo: string;
    readonly totalFen: number;
    readonly homes: readonly Home[];
    /** Of all homes, where not all are among `homes`. */
    readonly homeCount?: number;
  };
  readonly close: () => void;
  readonly done: () => void;
};
/** The homes of a receipt, the first ones by address. */
export const Homes = ({
  homes,
  count = homes.length,
}: {
  homes: readonly Home[];
  count?: number | undefined;
}) => {
  const t = words.useWords();
  const shown = homes.slice(0, HOMES_SHOWN);
  const rest = count - shown.length;
  return (
    <>
      {shown.map(({ accountNo, address }) => (
        <div key={accountNo}>
          {accountNo} {address}
        </div>
      ))}
      {rest > 0 ? <div className={styles["note"]}>{t("moreHomes", { rest })}</div> : null}
    </>
  );
};

type Typed = { reason: string; login: string; password: string; totp?: string };

export const VoidDialog = ({ receipt, close, done }: Props) => {
  const t = words.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Typed>();
  const order = api.useMutation("post", "/receipts/{id}/void");
  const finished = async (): Promise<void> => {
    await forget("/shifts", "/shifts/{id}", "/receipts", "/receipts/{id}");
    done();
  };
  const send = ({ reason, login, password, totp }: Typed): void => {
    if (order.isPending) return;
    const approver = { login, password, ...(totp === undefined || totp === "" ? {} : { totp }) };
    order.mutate(
      { params: { path: { id: receipt.receiptId } }, body: { reason, approver } },
      {
        onSuccess: () => void finished(),
        // An earlier press did it, and its answer was lost.
        onError: (error) => {
          if (problemOf(error).code === "receipt.already-void") void finished();
        },
      },
    );
  };
  return (
    <Modal
      open
      title={t("voidTitle")}
      okText={t("voidTitle")}
      okButtonProps={{ danger: true }}
      cancelText={say("cancel")}
      confirmLoading={order.isPending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Facts
        rows={[
          [t("receiptNo"), receipt.receiptNo],
          [t("homes"), <Homes key="homes" homes={receipt.homes} count={receipt.homeCount} />],
          [t("amount"), <Money key="amount" fen={receipt.totalFen} />],
        ]}
      />
      <Form form={form} layout="vertical" initialValues={{ reason: t("voidWrongHome") }} onFinish={send}>
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
        <Problem error={order.error} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
