/** Notices, the youngest first. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { Who } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { NOTICE_STATES, type NoticeState } from "./filters.ts";
import { words } from "./words.ts";

type Notice = Item<"/notices">;
type Tone = "plain" | "good" | "warn" | "bad" | "info";

export const STATE_TONES: Readonly<Record<NoticeState, Tone>> = {
  draft: "plain",
  waiting: "warn",
  approved: "info",
  running: "info",
  paused: "warn",
  finished: "good",
  stopped: "bad",
  cancelled: "plain",
};

const READ_AGAIN_MS = 15_000;

const useColumns = (): ColumnsType<Notice> => {
  const t = words.useWords();
  const word = useCodes();
  return [
    { title: t("no"), dataIndex: "id", width: 64 },
    {
      title: t("state"),
      width: 108,
      render: (_, { state }) => <Mark tone={STATE_TONES[state]}>{t(`state.${state}`)}</Mark>,
    },
    {
      title: t("name"),
      ellipsis: true,
      render: (_, row) => (
        <>
          {row.emergency ? <Mark tone="bad">{t("emergency")}</Mark> : null}
          {row.title}
        </>
      ),
    },
    {
      title: t("purpose"),
      isWide: true,
      width: 140,
      ellipsis: true,
      render: (_, row) => word("purpose", row.purpose),
    },
    {
      title: t("channels"),
      isWide: true,
      width: 128,
      render: (_, row) => row.channels.map((channel) => word("medium", channel)).join(" > "),
    },
    { title: t("homes"), width: 80, align: "right", render: (_, row) => row.households || "" },
    {
      title: t("messages"),
      isWide: true,
      width: 80,
      align: "right",
      render: (_, row) => row.messages || "",
    },
    {
      title: t("by"),
      isWide: true,
      width: 100,
      ellipsis: true,
      render: (_, row) =>
        row.createdBy === null ? t("system") : <Who login={row.createdBy} name={row.createdByName} />,
    },
    {
      title: t("approver"),
      isWide: true,
      width: 100,
      ellipsis: true,
      render: (_, row) => <Who login={row.approvedBy} name={row.approvedByName} />,
    },
    {
      title: t("created"),
      isWide: true,
      width: 96,
      render: (_, row) => dateTime(row.createdAt).slice(5),
    },
    { title: t("began"), width: 96, render: (_, row) => dateTime(row.startedAt).slice(5) },
  ];
};

export const NoticeList = () => {
  const t = words.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const { state } = useSearch({ from: "/inside/notices" });
  const data = usePages(
    ["get", "/notices", { state }],
    async (cursor) =>
      (
        await call.GET("/notices", {
          params: {
            query: {
              ...(state === undefined ? {} : { state }),
              ...(cursor === undefined ? {} : { cursor }),
            },
          },
        })
      ).data,
    { refetchIntervalMs: READ_AGAIN_MS },
  );
  const write = (): void => void navigate({ to: "/notices/new", search: {} });
  const mayWrite = may("notice.write");
  useShortcut("n", t("new"), write, mayWrite);
  return (
    <>
      <PageBar
        title={t("title")}
        readAt={data.readAt}
        actions={
          mayWrite ? (
            <Button type="primary" onClick={write}>
              {t("new")} (n)
            </Button>
          ) : undefined
        }
      >
        <Select<NoticeState | "">
          aria-label={t("state")}
          value={state ?? ""}
          popupMatchSelectWidth={false}
          onChange={(chosen) =>
            void navigate({ to: "/notices", search: chosen === "" ? {} : { state: chosen }, replace: true })
          }
          options={[
            { value: "", label: t("anyState") },
            ...NOTICE_STATES.map((code) => ({ value: code, label: t(`state.${code}`) })),
          ]}
        />
        <SavedFilters />
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={useColumns()}
        tableLayout="fixed"
        open={(row) => void navigate({ to: "/notices/$noticeId", params: { noticeId: row.id } })}
        empty={t("empty")}
        label={t("title")}
      />
    </>
  );
};
