/** Takes a short table of one thing along, at once (the lines of one bank file): what for stands in its first row and in the audit. */
import { Button, Modal } from "antd";
import { useRef, useState } from "react";
import { download } from "#web/api/documents.ts";
import { exporting } from "#web/words/exporting.ts";
import { ExportForm, useExportWish } from "./export-form.tsx";
import { sizeOf } from "./file-size.ts";
import { Problem } from "./problem.tsx";
import { useShortcut } from "./shortcuts.ts";
import { useStay } from "./use-stay.ts";

type Props = {
  /** The route that answers the file ("/bank-imports/4/error-file"). */
  readonly path: string;
  /** Of the file, should the server name none. */
  readonly name: string;
};

export const TableButton = (props: Props) => {
  const t = exporting.useWords();
  const [open, setOpen] = useState(false);
  useShortcut("e", t("export"), () => setOpen(true));
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("export")}</Button>
      {open ? <TableDialog {...props} close={() => setOpen(false)} /> : null}
    </>
  );
};

const TableDialog = ({ path, name, close }: Props & { close: () => void }) => {
  const t = exporting.useWords();
  const { wish, setWish, said, isSaid } = useExportWish();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [bytes, setBytes] = useState(0);
  const stop = useRef(new AbortController());
  useStay(isBusy);
  const take = async (): Promise<void> => {
    if (!isSaid || isBusy) return;
    setBusy(true);
    setBytes(0);
    setError(null);
    const { signal } = (stop.current = new AbortController());
    try {
      await download(path, { body: said, name: `${name}.${said.format}`, progress: setBytes, signal });
      close();
    } catch (refusal) {
      if (!signal.aborted) setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("title")}
      onCancel={() => {
        stop.current.abort();
        close();
      }}
      onOk={() => void take()}
      okText={t("take")}
      okButtonProps={{ disabled: !isSaid, loading: isBusy }}
      cancelText={t("cancel")}
    >
      <ExportForm wish={wish} change={setWish} send={() => void take()} />
      {isBusy ? (
        <p role="status">{t(bytes === 0 ? "gathering" : "coming", { size: sizeOf(bytes) })}</p>
      ) : null}
      <Problem error={error} />
    </Modal>
  );
};
