/** A report on the screen: its figures, then its grids; a chart stands beside the table of the same numbers. */
import { Alert } from "antd";
import { lazy, Suspense } from "react";
import { Empty } from "#web/furniture/empty.tsx";
import { Table, type ColumnsType } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import { type Figure, type Grid, isNumber, type Report, type Words, wordIn } from "./figures.ts";
import styles from "./management.module.css";
import type { Narrowing } from "./narrowing.ts";
import { ReportNumber } from "./number.tsx";
import { words } from "./words.ts";

const GridChart = lazy(() => import("./grid-chart.tsx").then((module) => ({ default: module.GridChart })));

type Said = { readonly words: Words; readonly values: Words; readonly params: Narrowing };

/** Grids that are told by a chart as well, and the columns that it shows. */
const CHARTS: Readonly<Record<string, { kind: "line" | "bar"; columns: readonly string[] }>> = {
  curve: { kind: "line", columns: ["receivedFen", "receivedFenBefore"] },
  callDays: { kind: "bar", columns: ["answered", "selfServed", "abandoned"] },
};

export const Figures = ({ figures, said }: { figures: readonly Figure[]; said: Said }) => (
  <dl className={styles["figures"]}>
    {figures.map(({ code, kind, value, of, list }) => (
      <div key={code} className={styles["figure"]}>
        <dt>{wordIn(said.words, code)}</dt>
        <dd>
          <ReportNumber
            kind={code === "season" ? "text" : kind}
            value={code === "season" ? String(value) : value}
            of={of}
            list={list}
            params={said.params}
            values={said.values}
            label={wordIn(said.words, code)}
          />
        </dd>
      </div>
    ))}
  </dl>
);

type Row = Grid["rows"][number];

const labelOf = (row: Row, values: Words): string =>
  language() === "en" && row.labelEn !== null ? row.labelEn : wordIn(values, row.label);

export const GridTable = ({ grid, said }: { grid: Grid; said: Said }) => {
  const t = words.useWords();
  const title = wordIn(said.words, `grid.${grid.code}`);
  const columns: ColumnsType<Row> = [
    { title: t("item"), key: "label", fixed: "left", render: (_, row) => labelOf(row, said.values) },
    ...grid.columns.map((column, index) => ({
      title: wordIn(said.words, column.code),
      key: column.code,
      align: isNumber(column.kind) ? ("right" as const) : ("left" as const),
      render: (_: unknown, row: Row) => {
        const cell = row.cells[index];
        return cell === undefined ? null : (
          <ReportNumber
            kind={column.kind}
            value={cell.value}
            of={cell.of}
            list={column.list}
            params={{ ...said.params, ...row.params }}
            values={said.values}
            label={`${labelOf(row, said.values)} ${wordIn(said.words, column.code)}`}
          />
        );
      },
    })),
  ];
  return (
    <Table<Row>
      aria-label={title}
      rowKey={(row) => `${row.label} ${JSON.stringify(row.params)}`}
      columns={columns}
      dataSource={grid.rows}
      empty={<Empty text={t("noRows")} />}
    />
  );
};

const GridSection = ({ grid, said }: { grid: Grid; said: Said }) => {
  const chart = CHARTS[grid.code];
  const title = wordIn(said.words, `grid.${grid.code}`);
  const table = <GridTable grid={grid} said={said} />;
  return (
    <section>
      <h2 className={styles["gridTitle"]}>{title}</h2>
      {chart === undefined || grid.rows.length === 0 ? (
        <div className={styles["gridBox"]}>{table}</div>
      ) : (
        <div className={styles["beside"]}>
          <Suspense fallback={<div className={styles["chart"]} />}>
            <GridChart
              grid={grid}
              kind={chart.kind}
              title={title}
              columns={chart.columns.map((code) => ({ code, name: wordIn(said.words, code) }))}
            />
          </Suspense>
          <div className={`${styles["gridBox"]} ${styles["tall"]}`} role="region" aria-label={title}>
            {table}
          </div>
        </div>
      )}
    </section>
  );
};

export const ReportView = ({ report, said }: { report: Report; said: Said }) => (
  <>
    {report.findings.map((finding) => (
      <Alert key={finding} type="error" showIcon title={wordIn(said.words, `finding.${finding}`)} />
    ))}
    <Figures figures={report.figures} said={said} />
    {report.grids.map((grid) => (
      <GridSection key={grid.code} grid={grid} said={said} />
    ))}
  </>
);
