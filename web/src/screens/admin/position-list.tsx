/** Positions as a list: pasted out of a spreadsheet, or a file. Looked at first (encoding, columns, first rows, what is wrong), then saved. */
import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Drawer, Input, Segmented } from "antd";
import { useRef, useState } from "react";
import { forget } from "#web/api/client.ts";
import { upload } from "#web/api/documents.ts";
import type { Answer } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { Tall } from "#web/furniture/tall.tsx";
import { mapWords } from "#web/words/map.ts";
import styles from "./admin.module.css";

type Report = Answer<"post", "/network/position-lists">;
type Encoding = "auto" | "utf-8" | "gb18030";
/** What is looked at: the same bytes are saved afterwards. */
type Source = { readonly blob: Blob; readonly encoding: Encoding };

const send = ({ blob, encoding }: Source, isDry: boolean): Promise<Report> => {
  const query = new URLSearchParams({ dry: String(isDry), ...(encoding === "auto" ? {} : { encoding }) });
  return upload<Report>(`/network/position-lists?${query}`, blob);
};

const Head = ({ report }: { report: Report }) => {
  const t = mapWords.useWords();
  const read = report.columns.filter(({ column }) => column !== null);
  return (
    <>
      <p className={styles["quiet"]}>
        {t("readAs", { encoding: t(`encoding.${report.encoding}`) })}{" "}
        {t("columnsRead", { columns: read.map(({ heading }) => heading).join("、") })}
      </p>
      <Table<Report["head"][number]>
        aria-label={t("firstRows")}
        rowKey="rowNo"
        dataSource={report.head}
        columns={[
          { title: t("row"), dataIndex: "rowNo", width: 56 },
          { title: t("communityCode"), dataIndex: "communityCode", width: 100 },
          { title: t("communityName"), dataIndex: "community" },
          { title: t("building"), dataIndex: "building", render: (name: string) => name || t("whole") },
          { title: t("latitude"), dataIndex: "latitude", width: 110 },
          { title: t("longitude"), dataIndex: "longitude", width: 110 },
        ]}
      />
    </>
  );
};

const Refusals = ({ report }: { report: Report }) => {
  const t = mapWords.useWords();
  if (report.refused === 0) return null;
  return (
    <>
      <Alert type="error" showIcon title={t("rowsRefused", { count: report.refused })} />
      <Tall label={t("refusedRows")}>
        <Table<Report["refusals"][number]>
          aria-label={t("refusedRows")}
          rowKey="rowNo"
          dataSource={report.refusals}
          columns={[
            { title: t("row"), dataIndex: "rowNo", width: 56 },
            { title: t("communityName"), dataIndex: "community" },
            { title: t("building"), dataIndex: "building" },
            { title: t("wrong"), render: (_, { refusal }) => t(`refusal.${refusal}`) },
          ]}
        />
      </Tall>
      {report.refusals.length < report.refused ? (
        <p className={styles["quiet"]}>{t("firstRefusals", { count: report.refusals.length })}</p>
      ) : null}
    </>
  );
};

const Looked = ({ report, save, isSaving }: { report: Report; save: () => void; isSaving: boolean }) => {
  const t = mapWords.useWords();
  const { moved, same, rows } = report;
  return (
    <section aria-label={t("looked")}>
      <p role="status">
        <strong>{t(report.saved ? "listSaved" : "listCounts", { rows, moved, same })}</strong>
      </p>
      <Head report={report} />
      <Refusals report={report} />
      {report.saved ? null : (
        <p className={`${styles["row"]} ${styles["spaced"]}`}>
          <Button
            type="primary"
            loading={isSaving}
            disabled={report.refused > 0 || moved === 0}
            onClick={save}
          >
            {t("saveList", { moved })}
          </Button>
          <span className={styles["quiet"]}>{t("saveHint")}</span>
        </p>
      )}
    </section>
  );
};

export const PositionList = ({ close }: { close: () => void }) => {
  const t = mapWords.useWords();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [encoding, setEncoding] = useState<Encoding>("auto");
  const [source, setSource] = useState<Source>();
  const look = useMutation({ mutationFn: (chosen: Source) => send(chosen, true) });
  const save = useMutation({
    mutationFn: (chosen: Source) => send(chosen, false),
    onSuccess: () => forget("/network/map"),
  });
  const begin = (blob: Blob, as: Encoding): void => {
    const chosen = { blob, encoding: as };
    setSource(chosen);
    save.reset();
    look.mutate(chosen);
  };
  // What was pasted is text already.
  const paste = (): void => begin(new Blob([text], { type: "text/csv" }), "utf-8");
  const report = save.data ?? look.data;
  return (
    <Drawer open size={760} title={t("list")} onClose={close}>
      <p>{t("listHelp")}</p>
      <Input.TextArea
        aria-label={t("pasted")}
        placeholder={t("pasteExample")}
        rows={6}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={`${styles["row"]} ${styles["spaced"]}`}>
        <Button type="primary" disabled={text.trim() === ""} loading={look.isPending} onClick={paste}>
          {t("lookPasted")}
        </Button>
        <Button loading={look.isPending} onClick={() => input.current?.click()}>
          {t("chooseFile")}
        </Button>
        <Segmented<Encoding>
          aria-label={t("encoding")}
          value={encoding}
          onChange={(as) => {
            setEncoding(as);
            // A file that was read wrongly is looked at again at once.
            if (source?.blob instanceof File) begin(source.blob, as);
          }}
          options={(["auto", "utf-8", "gb18030"] as const).map((value) => ({
            value,
            label: t(`encoding.${value}`),
          }))}
        />
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.xlsx,.txt,.tsv"
          aria-label={t("chooseFile")}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            event.target.value = "";
            if (file !== undefined) begin(file, encoding);
          }}
        />
      </div>
      <Problem error={look.error ?? save.error} />
      {report === undefined || source === undefined || look.error !== null ? null : (
        <Looked report={report} save={() => save.mutate(source)} isSaving={save.isPending} />
      )}
    </Drawer>
  );
};
