/** What the company decides for itself: each setting with its meaning, what holds now, and what it was before. */
import { Button, Drawer, Input, Tag } from "antd";
import type { ColumnsType } from "antd/es/table";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useMay } from "#web/shell/session.ts";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Setting = Item<"/settings">;
const textOf = (value: unknown): string => JSON.stringify(value, null, 2) ?? "";

/** What was typed, when it is JSON. */
const valueOf = (typed: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(typed) as unknown };
  } catch {
    return null;
  }
};

const History = ({ settingKey }: { settingKey: string }) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/settings/{key}/history", { params: { path: { key: settingKey } } });
  return (
    <section className={styles["panel"]}>
      <h2>{t("history")}</h2>
      <Problem error={query.error} again={() => void query.refetch()} />
      {query.data?.items.length === 0 ? <p className={styles["quiet"]}>{t("neverChanged")}</p> : null}
      {query.data?.items.map((change) => (
        <div key={change.at}>
          <p className={styles["row"]}>
            <strong>{dateTime(change.at)}</strong> {change.by}
          </p>
          <pre className={styles["json"]}>
            {JSON.stringify(change.before)} → {JSON.stringify(change.after)}
          </pre>
        </div>
      ))}
    </section>
  );
};

const OneSetting = ({ setting, close }: { setting: Setting; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const may = useMay();
  const { draft, keep, clear } = useDraft(`setting-${setting.key}`, { text: textOf(setting.value) });
  const put = api.useMutation("put", "/settings/{key}");
  const read = valueOf(draft.text);
  const save = (): void => {
    if (read === null) return;
    put.mutate(
      { params: { path: { key: setting.key } }, body: read },
      {
        onSuccess: () => {
          clear();
          void forget("/settings", "/settings/{key}/history").then(close);
        },
      },
    );
  };
  return (
    <Drawer open size={520} title={setting.key} onClose={close}>
      <p>{setting.meaning[language()]}</p>
      <Input.TextArea
        aria-label={t("value")}
        rows={10}
        className={styles["json"] ?? ""}
        disabled={!may("setting.write")}
        value={draft.text}
        status={read === null ? "error" : ""}
        onChange={(event) => keep({ text: event.target.value })}
      />
      {read === null ? <p role="alert">{t("notJson")}</p> : null}
      <Problem error={put.error} />
      {may("setting.write") ? (
        <p className={styles["row"]}>
          <Button type="primary" disabled={read === null} loading={put.isPending} onClick={save}>
            {say("save")}
          </Button>
          <Button onClick={() => keep({ text: textOf(setting.standard) })}>{t("toStandard")}</Button>
        </p>
      ) : null}
      <History settingKey={setting.key} />
    </Drawer>
  );
};

export const SettingsPage = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/settings");
  const [picked, setPicked] = useState<string>();
  const columns: ColumnsType<Setting> = [
    { title: t("code"), dataIndex: "key" },
    { title: t("meaning"), ellipsis: true, width: 420, render: (_, row) => row.meaning[language()] },
    { title: t("value"), ellipsis: true, width: 360, render: (_, row) => JSON.stringify(row.value) },
    {
      title: t("state"),
      render: (_, row) =>
        row.isSet ? <Tag color="processing">{dateTime(row.changedAt)}</Tag> : <Tag>{t("standard")}</Tag>,
    },
  ];
  const chosen = query.data?.items.find(({ key }) => key === picked);
  return (
    <>
      <PageBar title={t("settingsTitle")} readAt={query.dataUpdatedAt} />
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={(row) => row.key}
        columns={columns}
        open={(row) => setPicked(row.key)}
        picked={picked}
        empty={t("nothing")}
        label={t("settingsTitle")}
      />
      {chosen === undefined ? null : (
        <OneSetting key={chosen.key} setting={chosen} close={() => setPicked(undefined)} />
      )}
    </>
  );
};
