/** Who gets which case: tables in versions, each checked for holes before it goes live. */
import { Alert, Button, Input, Select, Tag } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { askBefore } from "#web/furniture/above.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Tall } from "#web/furniture/tall.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { RoutingTrial } from "./routing-trial.tsx";
import { rowsOf } from "./rows.ts";
import { StandIns } from "./stand-ins.tsx";
import { words } from "./words.ts";

type Listed = Item<"/routing/tables">;
type Row = Answer<"get", "/routing/tables/{tableId}">["rows"][number];
const keyOf = (row: Row): string => `${row.category} ${row.boundary} ${row.level}`;

const useRoles = () => {
  const query = api.useQuery("get", "/routing/roles");
  return (query.data?.roles ?? []).map(({ code, name, nameEn }) => ({
    value: code,
    label: language() === "en" ? nameEn : name,
  }));
};

const useCategoryName = (): ((code: string) => string) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/ticket-categories");
  return (code) => {
    if (code === "*") return t("everyCategory");
    const found = query.data?.items.find((one) => one.code === code);
    return found === undefined ? code : language() === "en" ? found.nameEn : found.name;
  };
};

/** What a coverage check found, in one line each: its codes by their names. */
const useFindingText = (): ((finding: object) => string) => {
  const t = words.useWords();
  const roles = useRoles();
  const categoryName = useCategoryName();
  const named = (name: string, value: unknown): string => {
    const text = String(value);
    if (name === "role") return roles.find((one) => one.value === text)?.label ?? text;
    if (name === "category") return categoryName(text);
    const key = `${name}.${text}`;
    return isWord(key) ? t(key) : text;
  };
  return (finding) =>
    Object.entries(finding)
      .filter(([name, value]) => name !== "kind" && value !== null)
      .map(([name, value]) => named(name, value))
      .join(" · ");
};
type Key = keyof (typeof words.texts)["zh-CN"];
const isWord = (key: string): key is Key => key in words.texts["zh-CN"];

const Coverage = ({ tableId }: { tableId: string }) => {
  const t = words.useWords();
  const findingText = useFindingText();
  const query = api.useQuery("get", "/routing/tables/{tableId}/coverage", { params: { path: { tableId } } });
  if (query.error !== null) return <Problem error={query.error} again={() => void query.refetch()} />;
  if (query.data === undefined) return null;
  const { count, findings } = query.data;
  if (count === 0) return <Alert type="success" showIcon title={t("tableCovered")} />;
  return (
    <Alert
      type="warning"
      showIcon
      title={t("uncovered", { count })}
      description={findings.slice(0, 40).map((finding) => (
        <Tag key={JSON.stringify(finding)}>
          {t(`finding.${finding.kind}`)} {findingText(finding)}
        </Tag>
      ))}
    />
  );
};

/** The rows of a version; a changed row makes a draft of its own, because what was live is never changed. */
const OneTable = ({ tableId, made }: { tableId: string; made: (id: string) => void }) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/routing/tables/{tableId}", { params: { path: { tableId } } });
  const write = api.useMutation("post", "/routing/tables");
  const live = api.useMutation("post", "/routing/tables/{tableId}/live");
  const roles = useRoles();
  const categoryName = useCategoryName();
  const [changes, setChanges] = useState<Readonly<Record<string, string>>>({});
  const [name, setName] = useState("");
  const table = query.data?.table;
  const rows = (query.data?.rows ?? []).map((row) => ({ ...row, role: changes[keyOf(row)] ?? row.role }));
  const columns: ColumnsType<Row> = [
    { title: t("category"), render: (_, row) => categoryName(row.category) },
    { title: t("boundary"), render: (_, row) => t(`boundary.${row.boundary}`) },
    {
      title: t("level"),
      render: (_, row) => (row.level === "*" ? t("boundary.*") : t(`level.${row.level}`)),
    },
    {
      title: t("who"),
      render: (_, row) => (
        <Select
          size="small"
          aria-label={`${t("who")} ${keyOf(row)}`}
          value={row.role}
          options={roles}
          popupMatchSelectWidth={false}
          onChange={(role) => setChanges({ ...changes, [keyOf(row)]: role })}
        />
      ),
    },
  ];
  const save = (): void =>
    write.mutate(
      { body: { name: name.trim(), rows } },
      { onSuccess: ({ id }) => void forget("/routing/tables").then(() => made(id)) },
    );
  const goLive = (): void => {
    if (table === undefined) return;
    askBefore({
      title: t("makeLive"),
      content: t("makeLiveHint", { name: table.name }),
      onOk: () =>
        live.mutate(
          {
            params: { path: { tableId }, header: { "If-Match": `"${table.version}"` } },
            body: {},
          },
          { onSuccess: () => void forget("/routing/tables", "/routing/tables/{tableId}") },
        ),
    });
  };
  return (
    <section className={styles["panel"]}>
      <Coverage tableId={tableId} />
      <div className={styles["row"]}>
        {table?.state === "draft" ? (
          <Button type="primary" loading={live.isPending} onClick={goLive}>
            {t("makeLive")}
          </Button>
        ) : null}
        {Object.keys(changes).length === 0 ? (
          <span className={styles["quiet"]}>{t("draftHint")}</span>
        ) : (
          <>
            <Input
              aria-label={t("draftName")}
              placeholder={t("draftName")}
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.target.value)}
            />
            <Button disabled={name.trim() === ""} loading={write.isPending} onClick={save}>
              {t("saveDraft")}
            </Button>
          </>
        )}
      </div>
      <Problem error={write.error ?? live.error} />
      <Tall label={t("rows")}>
        <DataTable
          data={rowsOf(query, rows)}
          rowKey={keyOf}
          columns={columns}
          empty={t("nothing")}
          label={t("rows")}
        />
      </Tall>
    </section>
  );
};

export const RoutingPage = () => {
  const t = words.useWords();
  const data = usePages(["get", "/routing/tables"], (cursor) =>
    call
      .GET("/routing/tables", { params: { query: cursor === undefined ? {} : { cursor } } })
      .then((answer) => answer.data),
  );
  const [chosen, setChosen] = useState<string>();
  const picked = chosen ?? data.rows.find(({ state }) => state === "live")?.id;
  const columns: ColumnsType<Listed> = [
    { title: t("name"), dataIndex: "name" },
    {
      title: t("state"),
      render: (_, row) => (
        <Tag color={row.state === "live" ? "success" : row.state === "draft" ? "warning" : "default"}>
          {t(`table.${row.state}`)}
        </Tag>
      ),
    },
    { title: t("from"), render: (_, row) => dateTime(row.liveFrom) },
    { title: t("rows"), dataIndex: "rows", align: "right" },
  ];
  return (
    <>
      <PageBar title={t("routingTitle")} readAt={data.readAt} />
      <section className={styles["panel"]}>
        <DataTable
          data={data}
          rowKey={(row) => row.id}
          columns={columns}
          picked={picked}
          open={(row) => setChosen(row.id)}
          empty={t("noTable")}
          label={t("routingTitle")}
        />
      </section>
      {picked === undefined ? null : (
        <>
          <RoutingTrial key={`trial ${picked}`} tableId={picked} />
          <OneTable key={picked} tableId={picked} made={setChosen} />
        </>
      )}
      <StandIns />
    </>
  );
};
