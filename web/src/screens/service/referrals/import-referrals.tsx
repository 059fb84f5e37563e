/** Orders as a list: pasted, or the authority's Excel. Each row is taken, known, or refused with its reason. */
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { useRef } from "react";
import { call } from "#web/api/client.ts";
import { upload } from "#web/api/documents.ts";
import type { Answer } from "#web/api/types.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useSayProblem } from "#web/words/problems.ts";
import { language } from "#web/words/words.ts";
import styles from "../cases/cases.module.css";
import { neutralName } from "#web/furniture/neutral-name.ts";
import { Table } from "#web/furniture/table.tsx";
import { referralWords } from "../words-referral.ts";
import { forgetReferrals, useAuthorities } from "./use-referral.ts";

type Report = Answer<"post", "/referral-imports/text">;
type Row = Report["rows"][number];

const Why = ({ row }: { row: Row }) => {
  const said = useSayProblem(row.code !== null)(row.code ?? "", { title: row.reason ?? "" });
  return (
    <>
      {said.title} {said.remedy}
    </>
  );
};

const Rows = ({ report }: { report: Report }) => {
  const t = referralWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("outcome")}>
      <p role="status">
        <strong>
          {t("takenCount", { taken: report.taken, known: report.known, refused: report.refused })}
        </strong>
      </p>
      <Table<Row>
        rowKey="rowNo"
        dataSource={report.rows}
        columns={[
          { title: t("row"), dataIndex: "rowNo", width: 60 },
          { title: t("outcome"), width: 110, render: (_, row) => t(`outcome.${row.outcome}`) },
          {
            title: t("outsideNo"),
            width: 180,
            render: (_, row) =>
              row.referralId === null || row.ticketNo === null ? (
                row.outsideNo
              ) : (
                <Link to="/referrals/$id" params={{ id: row.referralId }}>
                  {row.outsideNo}
                </Link>
              ),
          },
          { title: t("ticket"), width: 120, dataIndex: "ticketNo" },
          { title: t("reason"), render: (_, row) => <Why row={row} /> },
        ]}
      />
    </section>
  );
};

export const ImportReferrals = () => {
  const t = referralWords.useWords();
  const { authorities, error } = useAuthorities();
  const input = useRef<HTMLInputElement>(null);
  const { draft, keep } = useDraft<{ authority: string | null; text: string }>("referral-import", {
    authority: null,
    text: "",
  });
  const authority = draft.authority ?? authorities[0]?.code ?? "";
  const send = useMutation({
    mutationFn: async (file: File | undefined): Promise<Report | undefined> =>
      file === undefined
        ? (await call.POST("/referral-imports/text", { body: { authority, text: draft.text } })).data
        : upload<Report>(
            `/referral-imports/sheet?authority=${authority}&fileName=${encodeURIComponent(neutralName(file))}`,
            file,
          ),
    onSuccess: (_, file) => {
      if (file === undefined) keep({ text: "" });
      return forgetReferrals();
    },
  });
  return (
    <>
      <PageBar title={t("import")}>
        <Select<string>
          aria-label={t("authority")}
          value={authority}
          onChange={(chosen) => keep({ authority: chosen })}
          options={authorities.map(({ code, name, nameEn }) => ({
            value: code,
            label: language() === "en" ? nameEn : name,
          }))}
          popupMatchSelectWidth={false}
        />
        <Link to="/referrals" search={{}}>
          {t("back")}
        </Link>
      </PageBar>
      <Problem error={error} />
      <section className={`${styles["panel"]} ${styles["form"]}`} aria-label={t("pasted")}>
        <Input.TextArea
          aria-label={t("pasted")}
          placeholder={t("pastedHint")}
          rows={8}
          maxLength={30_000}
          value={draft.text}
          onChange={(event) => keep({ text: event.target.value })}
        />
        <input
          ref={input}
          type="file"
          hidden
          accept=".xlsx"
          aria-label={t("upload")}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            event.target.value = "";
            if (file !== undefined) send.mutate(file);
          }}
        />
        <div className={styles["actions"]}>
          <Button
            type="primary"
            disabled={draft.text.trim() === "" || authority === ""}
            loading={send.isPending}
            onClick={() => send.mutate(undefined)}
          >
            {t("pasted")}
          </Button>
          <Button disabled={authority === ""} loading={send.isPending} onClick={() => input.current?.click()}>
            {t("upload")}
          </Button>
        </div>
        <Problem error={send.error} />
      </section>
      {send.data === undefined ? null : <Rows report={send.data} />}
    </>
  );
};
