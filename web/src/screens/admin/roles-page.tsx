/** What each role may do: one table, decided in the program and the same for everybody. */
import { Tag } from "antd";
import { api } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import styles from "./admin.module.css";
import { rowsOf } from "./rows.ts";
import { roleWords } from "./words-roles.ts";
import { rightName } from "./words-rights.ts";
import { words } from "./words.ts";

type Right = { readonly permission: string; readonly roles: readonly string[] };

export const RolesPage = () => {
  const t = words.useWords();
  const name = roleWords.useWords();
  const query = api.useQuery("get", "/roles");
  const roles = query.data?.roles ?? [];
  const rights: Right[] = [...new Set(roles.flatMap(({ permissions }) => permissions))]
    .toSorted()
    .map((permission) => ({
      permission,
      roles: roles.filter(({ permissions }) => permissions.includes(permission)).map(({ role }) => role),
    }));
  const columns: ColumnsType<Right> = [
    {
      title: t("right"),
      fixed: "left",
      render: (_, row) => <span title={row.permission}>{rightName(row.permission)}</span>,
    },
    ...roles.map(({ role, secondFactor }) => ({
      title: (
        <>
          {name(role)} {secondFactor ? <Tag color="success">{t("secondFactor")}</Tag> : null}
        </>
      ),
      key: role,
      align: "center" as const,
      render: (_: unknown, row: Right) =>
        row.roles.includes(role) ? <span aria-label={t("may")}>●</span> : null,
    })),
  ];
  return (
    <>
      <PageBar title={t("rolesTitle")} readAt={query.dataUpdatedAt}>
        <span className={styles["quiet"]}>{t("rolesHint")}</span>
      </PageBar>
      <DataTable
        data={rowsOf(query, rights)}
        rowKey={(row) => row.permission}
        columns={columns}
        scroll={{ x: true }}
        empty={t("nothing")}
        label={t("rolesTitle")}
      />
    </>
  );
};
