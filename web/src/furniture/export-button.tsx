/**
 * Takes a list along as a table: asks what for, which stands in the first row of the file and in the audit. The house writes it in the
 * background; while the dialog stands, the file comes by itself as soon as it is ready, and whoever closes the dialog or the tab finds
 * it under "my exports".
 */
import { Button, Modal } from "antd";
import { useRef, useState } from "react";
import { forget } from "#web/api/client.ts";
import { order } from "#web/api/documents.ts";
import type { Answer } from "#web/api/types.ts";
import { exporting } from "#web/words/exporting.ts";
import { ExportForm, useExportWish } from "./export-form.tsx";
import { ExportWaiting } from "./export-waiting.tsx";
import { Problem } from "./problem.tsx";
import { useShortcut } from "./shortcuts.ts";

type Props = {
  /** The export route with its ids ("/arrears/export"). */
  readonly path: string;
  /** The filter of the list, as the route takes it. */
  readonly filter?: object;
};

export const ExportButton = (props: Props) => {
  const t = exporting.useWords();
  const [open, setOpen] = useState(false);
  useShortcut("e", t("export"), () => setOpen(true));
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("export")}</Button>
      {open ? <ExportDialog {...props} close={() => setOpen(false)} /> : null}
    </>
  );
};

/** The same wish sent again, after an answer that was lost, is the same export. */
const useKey = (): ((content: string) => string) => {
  const kept = useRef({ content: "", key: "" });
  return (content) => {
    if (kept.current.content !== content) kept.current = { content, key: crypto.randomUUID() };
    return kept.current.key;
  };
};

const ExportDialog = ({ path, filter, close }: Props & { close: () => void }) => {
  const t = exporting.useWords();
  const { wish, setWish, said, isSaid } = useExportWish();
  const [asked, setAsked] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const keyOf = useKey();
  const ask = async (): Promise<void> => {
    if (!isSaid || isBusy) return;
    setBusy(true);
    setError(null);
    const body = { ...filter, ...said };
    try {
      const { id } = await order<Answer<"get", "/exports/{id}">>(path, body, keyOf(JSON.stringify(body)));
      void forget("/exports");
      setAsked(id);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  if (asked !== null) return <ExportWaiting id={asked} close={close} />;
  return (
    <Modal
      open
      title={t("title")}
      onCancel={close}
      onOk={() => void ask()}
      okText={t("take")}
      okButtonProps={{ disabled: !isSaid, loading: isBusy }}
      cancelText={t("cancel")}
    >
      <ExportForm wish={wish} change={setWish} send={() => void ask()} />
      <Problem error={error} />
    </Modal>
  );
};
