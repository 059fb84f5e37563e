/** Who was shown what in clear, and why. */
import { Input, Tag } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useAuditWords } from "#web/words/audit-words.ts";
import { masked } from "#web/words/masked.ts";
import { words } from "./words.ts";

type Reveal = Item<"/reveals">;
const FIELDS = ["name", "phone", "mail", "caller"] as const;

export const RevealsPage = () => {
  const t = words.useWords();
  const what = masked.useWords();
  const { subject } = useAuditWords();
  const [login, setLogin] = useState("");
  const data = usePages(["get", "/reveals", login], (cursor) =>
    call
      .GET("/reveals", {
        params: {
          query: { ...(login === "" ? {} : { login }), ...(cursor === undefined ? {} : { cursor }) },
        },
      })
      .then((answer) => answer.data),
  );
  const fieldName = (field: string): string => {
    const known = FIELDS.find((one) => one === field);
    return known === undefined ? field : what(known);
  };
  const columns: ColumnsType<Reveal> = [
    { title: t("at"), render: (_, row) => dateTime(row.at) },
    { title: t("who"), render: (_, row) => `${row.displayName} · ${row.login}` },
    { title: t("what"), render: (_, row) => fieldName(row.field) },
    { title: t("subject"), render: (_, row) => subject(row.subject) },
    { title: t("why"), dataIndex: "reason" },
    {
      title: t("ofTheDay"),
      align: "right",
      render: (_, row) => <Tag color={row.ofTheDay >= 60 ? "warning" : "default"}>{row.ofTheDay}</Tag>,
    },
  ];
  return (
    <>
      <PageBar title={t("revealsTitle")} readAt={data.readAt}>
        <Input.Search
          allowClear
          aria-label={t("login")}
          placeholder={t("login")}
          maxLength={40}
          onSearch={(typed) => setLogin(typed.trim().toLowerCase())}
        />
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("noReveal")}
        label={t("revealsTitle")}
      />
    </>
  );
};
