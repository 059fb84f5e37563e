/** An export that was just asked for: how far it is, and the file as soon as it is there. */
import { Link } from "@tanstack/react-router";
import { Button, Modal, Progress } from "antd";
import { useEffect, useRef, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { download } from "#web/api/documents.ts";
import { ApiProblem } from "#web/api/problem.ts";
import type { Answer } from "#web/api/types.ts";
import { exporting } from "#web/words/exporting.ts";
import { writtenPercent } from "./export-share.ts";
import { sizeOf } from "./file-size.ts";
import { Problem } from "./problem.tsx";
import { useStay } from "./use-stay.ts";

export type ExportView = Answer<"get", "/exports/{id}">;

const LOOK_EVERY_MS = 400;

export const isUnfinished = ({ state }: Pick<ExportView, "state">): boolean =>
  state === "waiting" || state === "writing";

/** Why it could not be written, as the API would have refused it. */
export const failureOf = ({ failure }: Pick<ExportView, "failure">): ApiProblem | null =>
  failure === null
    ? null
    : new ApiProblem({
        status: 0,
        code: failure.code,
        title: failure.detail,
        remedy: failure.remedy ?? undefined,
      });

/** Fetches the file once it is ready, and again when somebody asks for it. */
const useFile = (view: ExportView | undefined, done: () => void) => {
  const begun = useRef(false);
  const [bytes, setBytes] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const take = async (of: ExportView): Promise<void> => {
    setError(null);
    setBytes(0);
    try {
      await download(`/exports/${of.id}/file`, { name: of.fileName, progress: setBytes });
      void forget("/exports");
      done();
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBytes(null);
    }
  };
  useEffect(() => {
    if (view?.state !== "ready" || begun.current) return;
    begun.current = true;
    void take(view);
  });
  useStay(bytes !== null);
  return { bytes, error, again: () => void (view === undefined ? undefined : take(view)) };
};

const Standing = ({ view, bytes }: { view: ExportView | undefined; bytes: number | null }) => {
  const t = exporting.useWords();
  if (bytes !== null) return <p role="status">{t("coming", { size: sizeOf(bytes) })}</p>;
  if (view === undefined || view.state === "waiting") return <p role="status">{t("inLine")}</p>;
  if (view.state === "ready") return <p role="status">{t("ready")}</p>;
  if (view.state !== "writing") return null;
  const share = writtenPercent(view);
  if (share === null) return <p role="status">{t("writing", { rows: view.rows })}</p>;
  return (
    <>
      <p role="status">{t("writingOf", { rows: view.rows, of: view.ofRows ?? 0 })}</p>
      <Progress aria-label={t("title")} percent={share} status="active" />
    </>
  );
};

export const ExportWaiting = ({ id, close }: { id: string; close: () => void }) => {
  const t = exporting.useWords();
  const [error, setError] = useState<unknown>(null);
  const read = api.useQuery(
    "get",
    "/exports/{id}",
    { params: { path: { id } } },
    {
      refetchInterval: ({ state }: { state: { data?: ExportView | undefined } }) =>
        state.data === undefined || isUnfinished(state.data) ? LOOK_EVERY_MS : false,
      staleTime: 0,
    },
  );
  const file = useFile(read.data, close);
  const isOpen = read.data === undefined || isUnfinished(read.data);
  const cancel = async (): Promise<void> => {
    try {
      await call.POST("/exports/{id}/cancel", { params: { path: { id } } });
      void forget("/exports");
      close();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return (
    <Modal
      open
      title={t("title")}
      onCancel={close}
      footer={
        <>
          {isOpen ? <Button onClick={() => void cancel()}>{t("cancelExport")}</Button> : null}
          {file.error === null ? null : <Button onClick={file.again}>{t("again")}</Button>}
          <Button type="primary" onClick={close}>
            {t(isOpen ? "inBackground" : "close")}
          </Button>
        </>
      }
    >
      <Standing view={read.data} bytes={file.bytes} />
      {isOpen ? <p>{t("mayLeave")}</p> : null}
      <p>
        <Link to="/exports" onClick={close}>
          {t("mine")}
        </Link>
      </p>
      <Problem error={error ?? file.error ?? read.error ?? (read.data ? failureOf(read.data) : null)} />
    </Modal>
  );
};
