/** Incidents, those that stand first; a row opens one. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Radio } from "antd";
import type { ColumnsType } from "antd/es/table";
import { call, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { useCodes } from "#web/words/codes.ts";
import { incidentWords } from "../words-incident.ts";

type Incident = Item<"/incidents">;

export const IncidentList = () => {
  const t = incidentWords.useWords();
  const word = useCodes();
  const navigate = useNavigate();
  const { list } = useSearch({ from: "/inside/incidents" });
  useLive(["incident.opened", "incident.changed"], () => void forget("/incidents"));
  const data = usePages(["get", "/incidents", list], (cursor) =>
    call
      .GET("/incidents", {
        params: {
          query: {
            ...(list === "all" ? {} : { state: "standing" as const }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Incident> = [
    { title: t("name"), dataIndex: "title" },
    {
      title: t("state"),
      width: 100,
      render: (_, row) => (
        <Mark tone={row.state === "open" ? "bad" : "plain"}>{word("incident", row.state)}</Mark>
      ),
    },
    { title: t("started"), width: 150, render: (_, row) => dateTime(row.startsAt) },
    {
      title: t("back"),
      width: 150,
      render: (_, row) => (row.expectedBackAt === null ? t("unknown") : dateTime(row.expectedBackAt)),
    },
    { title: t("restored"), width: 150, render: (_, row) => dateTime(row.restoredAt) },
  ];
  return (
    <>
      <PageBar title={t("title")} readAt={data.readAt}>
        <Radio.Group
          aria-label={t("state")}
          optionType="button"
          value={list ?? "standing"}
          onChange={(event) =>
            void navigate({ to: "/incidents", search: event.target.value === "all" ? { list: "all" } : {} })
          }
          options={[
            { value: "standing", label: t("standing") },
            { value: "all", label: t("all") },
          ]}
        />
        <SavedFilters />
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        open={(row) => void navigate({ to: "/incidents/$id", params: { id: row.id } })}
        empty={t("empty")}
        label={t("title")}
      />
    </>
  );
};
