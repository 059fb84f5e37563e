/** The list behind a number, with its export. */
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { Button } from "antd";
import { call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { ExportButton } from "#web/furniture/export-button.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import { useMay } from "#web/api/session.ts";
import { sayValue, type Words } from "./figures.ts";
import { narrowed } from "./narrowing.ts";
import { words } from "./words.ts";

const route = getRouteApi("/inside/lists/$name");
type Page = Answer<"get", "/report-lists/{name}">;
type Row = Page["items"][number];
type Column = Page["columns"][number];
const LEFT: ReadonlySet<string> = new Set(["text", "account", "ticket", "time", "day", "code"]);

/** A word that stands in the address or does not. */
const yes = (said: string | undefined): "yes" | undefined => (said === "yes" ? said : undefined);

const Cell = ({ column, row, values }: { column: Column; row: Row; values: Words }) => {
  const inEnglish = language() === "en" ? row.cells[`${column.code}En`] : undefined;
  const value = inEnglish ?? row.cells[column.code] ?? null;
  if (typeof value === "string" && column.kind === "account")
    return (
      <Link to="/households/$accountNo" params={{ accountNo: value }}>
        {value}
      </Link>
    );
  if (typeof value === "string" && column.kind === "ticket")
    return (
      <Link to="/tickets/$ticketNo" params={{ ticketNo: value }}>
        {value}
      </Link>
    );
  return value === null ? "" : sayValue(column.kind, value, null, values);
};

export const ReportList = () => {
  const t = words.useWords();
  const may = useMay();
  const router = useRouter();
  const { name } = route.useParams();
  const { by: _by, alone, before, ...more } = narrowed(route.useSearch());
  const search = { ...more, alone: yes(alone), before: yes(before) };
  const data = usePages<Row, Page>(["get", "/report-lists/{name}", name, search], async (cursor) => {
    const { data: page } = await call.GET("/report-lists/{name}", {
      params: { path: { name }, query: { ...search, ...(cursor === undefined ? {} : { cursor }) } },
    });
    return page;
  });
  const head = data.first;
  const columns: ColumnsType<Row> = (head?.columns ?? []).map((column) => ({
    title: column.word[language()],
    key: column.code,
    align: LEFT.has(column.kind) ? "left" : "right",
    ellipsis: column.code === "address",
    render: (_, row) => <Cell column={column} row={row} values={head?.values ?? {}} />,
  }));
  const days = head === undefined ? "" : head.from === head.to ? head.to : `${head.from} – ${head.to}`;
  return (
    <>
      <PageBar
        title={`${head?.title[language()] ?? ""} ${days}`}
        asOf={head?.asOf}
        actions={
          <>
            <Button onClick={() => router.history.back()}>{t("backTo")}</Button>
            {may("report.export") ? (
              <ExportButton path={`/report-lists/${name}/export`} filter={search} />
            ) : null}
          </>
        }
      />
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("listEmpty")}
        label={head?.title[language()] ?? ""}
      />
    </>
  );
};
