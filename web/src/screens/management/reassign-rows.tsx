/** Who would get how many, and afterwards what became of each case. */
import { Link } from "@tanstack/react-router";
import { Tag } from "antd";
import { call } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { Table, type ColumnsType } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import styles from "./management.module.css";
import { words } from "./words.ts";

type Preview = Answer<"post", "/routing/reassignments">["preview"];
type Share = Preview["to"][number];
type Row = Item<"/routing/reassignments/{id}/rows">;

const STANDING = {
  soft: { key: "soft", colour: "blue" },
  "taken-up": { key: "taken-up", colour: "gold" },
  undone: { key: "undone-row", colour: "default" },
} as const;

export const PreviewTable = ({ preview }: { preview: Preview }) => {
  const t = words.useWords();
  return (
    <section>
      <h2 className={styles["gridTitle"]}>{t("previewTitle", { count: preview.cases })}</h2>
      {preview.more ? <p>{t("previewMore", { count: preview.cases })}</p> : null}
      <Table<Share>
        aria-label={t("preview")}
        rowKey={(row) => row.staffId ?? "role"}
        dataSource={preview.to}
        columns={[
          { title: t("person"), render: (_, row) => row.name ?? t("roleList") },
          { title: t("cases"), dataIndex: "cases", align: "right" },
        ]}
      />
    </section>
  );
};

export const MovedRows = ({ id }: { id: string }) => {
  const t = words.useWords();
  const data = usePages<Row>(["get", "/routing/reassignments/{id}/rows", id], (cursor) =>
    call
      .GET("/routing/reassignments/{id}/rows", {
        params: { path: { id }, query: cursor === undefined ? {} : { cursor } },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Row> = [
    {
      title: t("ticketNo"),
      render: (_, row) => (
        <Link to="/tickets/$ticketNo" params={{ ticketNo: row.ticketNo }}>
          {row.ticketNo}
        </Link>
      ),
    },
    {
      title: t("who"),
      render: (_, row) => row.toName ?? (language() === "en" ? row.roleNameEn : row.roleName),
    },
    {
      title: t("resultOf"),
      render: (_, row) => <Tag color={STANDING[row.standing].colour}>{t(STANDING[row.standing].key)}</Tag>,
    },
  ];
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.ticketNo}
      columns={columns}
      empty={t("noRows")}
      label={t("resultOf")}
    />
  );
};
