/** What the company decides for itself: each setting with what holds now, since when, and its standard. */
import { Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import { rowsOf } from "./rows.ts";
import { SettingDrawer } from "./setting-drawer.tsx";
import { useShown } from "./setting-shown.tsx";
import type { Setting } from "./setting-value.ts";
import { words } from "./words.ts";

export const SettingsPage = () => {
  const t = words.useWords();
  const shown = useShown();
  const query = api.useQuery("get", "/settings");
  const [picked, setPicked] = useState<string>();
  const columns: ColumnsType<Setting> = [
    { title: t("setting"), width: 190, render: (_, row) => row.title[language()] },
    { title: t("value"), ellipsis: true, render: (_, row) => shown(row, row.value) },
    {
      title: t("state"),
      width: 160,
      render: (_, row) =>
        row.isSet ? <Tag color="processing">{dateTime(row.changedAt)}</Tag> : <Tag>{t("standard")}</Tag>,
    },
    { title: t("code"), width: 220, dataIndex: "key" },
  ];
  const chosen = query.data?.items.find(({ key }) => key === picked);
  return (
    <>
      <PageBar title={t("settingsTitle")} readAt={query.dataUpdatedAt} />
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={(row) => row.key}
        columns={columns}
        tableLayout="fixed"
        open={(row) => setPicked(row.key)}
        picked={picked}
        empty={t("nothing")}
        label={t("settingsTitle")}
      />
      {chosen === undefined ? null : (
        <SettingDrawer key={chosen.key} setting={chosen} close={() => setPicked(undefined)} />
      )}
    </>
  );
};
