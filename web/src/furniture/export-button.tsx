/** Takes a list along as a table: asks what for, which stands in the first row of the file and in the audit. */
import { Alert, Button, Form, Input, Modal, Radio } from "antd";
import { useEffect, useRef, useState } from "react";
import { download } from "#web/api/documents.ts";
import { exporting } from "#web/words/exporting.ts";
import { Problem } from "./problem.tsx";
import { useShortcut } from "./shortcuts.ts";

type Props = {
  /** The export route with its ids ("/arrears/export"). */
  readonly path: string;
  /** The filter of the list, as the route takes it. */
  readonly filter?: object;
  /** Of the file, should the server name none. */
  readonly name: string;
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

/** The browser asks before it leaves a file that is still coming. */
const useStay = (isBusy: boolean): void => {
  useEffect(() => {
    if (!isBusy) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isBusy]);
};

const KB = 1024;
const sizeOf = (bytes: number): string =>
  bytes < KB * KB ? `${Math.ceil(bytes / KB)} kB` : `${Math.floor((bytes * 10) / (KB * KB)) / 10} MB`;

const ExportDialog = ({ path, filter, name, close }: Props & { close: () => void }) => {
  const t = exporting.useWords();
  const [purpose, setPurpose] = useState("");
  const [format, setFormat] = useState<"csv" | "xlsx">("xlsx");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [bytes, setBytes] = useState(0);
  const stop = useRef(new AbortController());
  useStay(isBusy);
  const isSaid = purpose.trim().length >= 4;
  const take = async (): Promise<void> => {
    if (!isSaid || isBusy) return;
    setBusy(true);
    setBytes(0);
    setError(null);
    const { signal } = (stop.current = new AbortController());
    try {
      await download(path, {
        body: { ...filter, purpose: purpose.trim(), format },
        name: `${name}.${format}`,
        progress: setBytes,
        signal,
      });
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
      <Form layout="vertical" onFinish={() => void take()}>
        <Form.Item label={t("purpose")} htmlFor="export-purpose" extra={t("purposeHint")}>
          <Input
            id="export-purpose"
            autoFocus
            maxLength={200}
            value={purpose}
            onChange={(event) => setPurpose(event.target.value)}
          />
        </Form.Item>
        <Form.Item label={t("format")}>
          <Radio.Group
            value={format}
            onChange={(event) => setFormat(event.target.value as "csv" | "xlsx")}
            options={[
              { value: "xlsx", label: "XLSX" },
              { value: "csv", label: "CSV" },
            ]}
          />
        </Form.Item>
      </Form>
      <Alert type="info" title={t("watermark")} />
      {isBusy ? (
        <p role="status">{t(bytes === 0 ? "gathering" : "coming", { size: sizeOf(bytes) })}</p>
      ) : null}
      <Problem error={error} />
    </Modal>
  );
};
