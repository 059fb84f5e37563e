/** Asks for a reason before something is done; what is refused is shown beside it. */
import { Input, Modal } from "antd";
import { type ReactNode, useState } from "react";
import { common } from "#web/words/common.ts";
import { Problem } from "./problem.tsx";
import { useDialogShortcut } from "./shortcuts.ts";

type Props = {
  readonly title: string;
  /** On the button; the title when it is left out. */
  readonly verb?: string;
  readonly danger?: boolean;
  /** Below the reason: what else is asked. */
  readonly children?: ReactNode;
  readonly act: (reason: string) => Promise<unknown>;
  readonly close: () => void;
};

export const AskReason = ({ title, verb, danger = false, children, act, close }: Props) => {
  const t = common.useWords();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isSaid = reason.trim().length >= 2;
  const send = async (): Promise<void> => {
    if (!isSaid || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await act(reason.trim());
      close();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  useDialogShortcut("$mod+Enter", verb ?? title, () => void send());
  return (
    <Modal
      open
      title={title}
      okText={`${verb ?? title} (Ctrl+Enter)`}
      cancelText={t("cancel")}
      okButtonProps={{ danger, disabled: !isSaid, loading: isBusy }}
      onOk={() => void send()}
      onCancel={close}
    >
      <label>
        {t("reason")}
        <Input.TextArea
          autoFocus
          rows={2}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      {children}
      <Problem error={error} />
    </Modal>
  );
};
