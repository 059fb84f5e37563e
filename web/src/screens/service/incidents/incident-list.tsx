/** Incidents, those that stand first; a row opens one. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Radio } from "antd";
import { call, forget } from "#web/api/client.ts";
import { INCIDENT_TOPICS } from "#web/api/topics.ts";
import type { Item } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { incidentWords } from "../words-incident.ts";
import { ExpectedHour } from "./expected-hour.tsx";
import { saidOf } from "./use-incident.ts";

type Incident = Item<"/incidents">;

export const IncidentList = () => {
  const t = incidentWords.useWords();
  const word = useCodes();
  const navigate = useNavigate();
  const { list } = useSearch({ from: "/inside/incidents" });
  const may = useMay();
  const mayOpen = may("incident.write");
  const create = (): void => void navigate({ to: "/incidents/new" });
  useShortcut("n", t("new"), create, mayOpen);
  useLive(INCIDENT_TOPICS, () => void forget("/incidents"));
  const data = usePages(["get", "/incidents", list], (cursor) =>
    call
      .GET("/incidents", {
        params: {
          query: {
            state: list ?? "standing",
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Incident> = [
    { title: t("name"), width: 260, ellipsis: true, dataIndex: "title" },
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
      width: 260,
      render: (_, row) => <ExpectedHour at={row.expectedBackAt} isOver={row.state !== "open"} />,
    },
    { title: t("restored"), width: 140, render: (_, row) => dateTime(row.restoredAt) },
    { title: t("script"), ellipsis: true, render: (_, row) => saidOf(row) },
  ];
  return (
    <>
      <PageBar
        title={t("title")}
        readAt={data.readAt}
        actions={
          mayOpen ? (
            <Button type="primary" onClick={create}>
              {t("new")} (n)
            </Button>
          ) : undefined
        }
      >
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
        tableLayout="fixed"
        open={(row) => void navigate({ to: "/incidents/$id", params: { id: row.id } })}
        empty={t("empty")}
        label={t("title")}
      />
    </>
  );
};
