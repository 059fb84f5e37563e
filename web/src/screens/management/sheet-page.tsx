/** One sheet of a morning: as it was frozen, with what was corrected since beside it. */
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button, Input, Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import { sayValue, type Words, wordIn } from "./figures.ts";
import styles from "./management.module.css";
import { ReportView } from "./report-view.tsx";
import { isSheet, type SheetName, SHEETS, sheetWords } from "./words-sheets.ts";
import { words } from "./words.ts";

const route = getRouteApi("/inside/sheets/$day/$sheet");
type Sheet = Answer<"get", "/morning-sheets/{day}/{sheet}">;
type Adjustment = Answer<"get", "/morning-sheets/{day}/{sheet}/adjustments">["items"][number];

const Adjustments = ({
  day,
  sheet,
  values,
  said,
}: {
  day: string;
  sheet: SheetName;
  values: Words;
  said: Words;
}) => {
  const t = words.useWords();
  const { data, error, isFetching } = api.useQuery("get", "/morning-sheets/{day}/{sheet}/adjustments", {
    params: { path: { day, sheet } },
  });
  const value = (row: Adjustment, which: "frozen" | "now") => sayValue(row.kind, row[which], null, values);
  return (
    <section>
      <h2 className={styles["gridTitle"]}>{t("adjustments")}</h2>
      <Problem error={error} />
      <Table<Adjustment>
        aria-label={t("adjustments")}
        loading={isFetching}
        rowKey={(row) => `${row.grid} ${row.row} ${row.code}`}
        dataSource={data?.items ?? []}
        empty={<Empty text={t("noAdjustments")} />}
        columns={[
          {
            title: t("item"),
            render: (_, row) =>
              [
                row.grid === "" ? "" : wordIn(said, `grid.${row.grid}`),
                wordIn(values, row.row),
                row.word[language()],
              ]
                .filter((part) => part !== "")
                .join(" · "),
          },
          { title: t("frozenValue"), align: "right", render: (_, row) => value(row, "frozen") },
          { title: t("nowValue"), align: "right", render: (_, row) => value(row, "now") },
        ]}
      />
    </section>
  );
};

const Standing = ({ sheet }: { sheet: Sheet }) => {
  const t = words.useWords();
  if (sheet.ofOwnAreas) return <Tag>{t("ownAreas")}</Tag>;
  return sheet.frozenAt === null ? (
    <Tag color="gold">{t("countedNow")}</Tag>
  ) : (
    <Tag>{t("frozen", { at: dateTime(sheet.frozenAt) })}</Tag>
  );
};

export const SheetPage = () => {
  const t = words.useWords();
  const say = sheetWords.useWords();
  const navigate = useNavigate();
  const { day, sheet: name } = route.useParams();
  const sheet = isSheet(name) ? name : "collection";
  const [compared, setCompared] = useState(false);
  const { data, error, refetch } = api.useQuery("get", "/morning-sheets/{day}/{sheet}", {
    params: { path: { day, sheet } },
  });
  return (
    <>
      <PageBar
        title={say(sheet)}
        asOf={data?.asOf}
        actions={
          <>
            <Button onClick={() => setCompared(true)} disabled={data?.frozenAt === null}>
              {t("adjustments")}
            </Button>
            <Button
              disabled={data === undefined || data.frozenAt === null}
              onClick={() => openDocument(`/morning-sheets/${day}/print.pdf?lang=${language()}`)}
            >
              {t("printPage")}
            </Button>
          </>
        }
      >
        <Input
          type="date"
          aria-label={t("day")}
          style={{ width: 130 }}
          value={day}
          onChange={({ target }) =>
            target.value === ""
              ? undefined
              : void navigate({ to: "/sheets/$day/$sheet", params: { day: target.value, sheet } })
          }
        />
        {data === undefined ? null : <Standing sheet={data} />}
      </PageBar>
      <nav className={styles["tabs"]} aria-label={t("sheets")}>
        {SHEETS.map((one) => (
          <Link key={one} to="/sheets/$day/$sheet" params={{ day, sheet: one }}>
            {say(one)}
          </Link>
        ))}
      </nav>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined || error !== null ? null : (
        <>
          <ReportView
            report={data.report}
            said={{ words: data.words, values: data.values, params: { from: day, to: day } }}
          />
          {compared && data.frozenAt !== null ? (
            <Adjustments day={day} sheet={sheet} values={data.values} said={data.words} />
          ) : null}
        </>
      )}
    </>
  );
};
