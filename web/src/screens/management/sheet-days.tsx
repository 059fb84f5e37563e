/** The mornings: a day a row, the five sheets beside each other, red ones marked. */
import { Link } from "@tanstack/react-router";
import { Button, Tag } from "antd";
import { call } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import { SHEETS, sheetWords } from "./words-sheets.ts";
import { words } from "./words.ts";

type Day = Item<"/morning-sheets">;

export const SheetDays = () => {
  const t = words.useWords();
  const say = sheetWords.useWords();
  const data = usePages<Day>(["get", "/morning-sheets"], (cursor) =>
    call
      .GET("/morning-sheets", { params: { query: cursor === undefined ? {} : { cursor } } })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Day> = [
    { title: t("day"), dataIndex: "day" },
    ...SHEETS.map((sheet) => ({
      title: say(sheet),
      key: sheet,
      render: (_: unknown, row: Day) => {
        const made = row.sheets.find((one) => one.sheet === sheet);
        return made === undefined ? null : (
          <Link
            to="/sheets/$day/$sheet"
            params={{ day: row.day, sheet }}
            aria-label={`${t(made.red ? "red" : "openSheet")} ${row.day} ${say(sheet)}`}
          >
            {made.red ? <Tag color="red">{t("red")}</Tag> : t("openSheet")}
          </Link>
        );
      },
    })),
    { title: t("frozenValue"), render: (_, row) => dateTime(row.frozenAt) },
    { title: t("sentTo"), dataIndex: "mailed", align: "right" },
    {
      key: "print",
      render: (_, row) => (
        <Button
          size="small"
          type="link"
          onClick={() => openDocument(`/morning-sheets/${row.day}/print.pdf?lang=${language()}`)}
        >
          {t("printPage")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageBar title={t("sheets")} readAt={data.readAt} />
      <DataTable
        data={data}
        rowKey={(row) => row.day}
        columns={columns}
        empty={t("noSheet")}
        label={t("sheets")}
      />
    </>
  );
};
