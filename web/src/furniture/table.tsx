/**
 * A table as the pages need one: columns, rows that open, a column that stays while the rest is pushed sideways. The library's own brings
 * its pages, filters, trees and selects with it, which nothing here uses, and weighs half of a first page.
 */
import { Button } from "antd";
import { Fragment, type HTMLAttributes, type Key, type ReactNode, useState } from "react";
import { common } from "#web/words/common.ts";
import styles from "./table.module.css";
import { useIsPhone } from "./use-is-phone.ts";

export type Column<Row> = {
  readonly title?: ReactNode;
  readonly key?: Key;
  /** What of the row stands in the cell, or is given to `render`. */
  readonly dataIndex?: keyof Row & string;
  render?(value: unknown, row: Row, index: number): ReactNode;
  readonly width?: number | string;
  readonly align?: "left" | "right" | "center";
  /** Cut at the edge of the column. */
  readonly ellipsis?: boolean;
  /** Stays in its place while the table is pushed sideways. */
  readonly fixed?: "left";
  /** Not on a phone. */
  readonly isWide?: boolean;
};
export type ColumnsType<Row> = readonly Column<Row>[];

export type TableProps<Row> = {
  readonly "aria-label"?: string;
  readonly className?: string;
  readonly columns: ColumnsType<Row>;
  readonly dataSource: readonly Row[];
  readonly rowKey: (keyof Row & string) | ((row: Row) => string);
  /** What stands there is being read anew. */
  readonly loading?: boolean;
  /** Said when there is no row. */
  readonly empty?: ReactNode;
  readonly tableLayout?: "fixed" | "auto";
  /** So many rows at first, and as many more by each press of a button. */
  readonly atOnce?: number;
  /** Pushed sideways in its own frame when it is wider: how wide it is at least. */
  readonly scroll?: { readonly x: number | string | true };
  readonly rowClassName?: (row: Row) => string;
  readonly onRow?: (row: Row, index: number) => HTMLAttributes<HTMLTableRowElement>;
  readonly expandable?: {
    readonly expandedRowRender: (row: Row) => ReactNode;
    readonly rowExpandable?: (row: Row) => boolean;
  };
};

const classesOf = <Row,>({ align, ellipsis, fixed }: Column<Row>): string =>
  [
    align === undefined || align === "left" ? undefined : styles[align],
    ellipsis === true ? styles["short"] : undefined,
    fixed === undefined ? undefined : styles["stays"],
  ]
    .filter((one) => one !== undefined)
    .join(" ");

const isPlain = (value: unknown): value is string | number =>
  typeof value === "string" || typeof value === "number";

/** What the API gives as text or number stands as it is; of anything else the column says what is shown. */
const contentOf = <Row,>(column: Column<Row>, row: Row, index: number): ReactNode => {
  const value = column.dataIndex === undefined ? undefined : row[column.dataIndex];
  if (column.render !== undefined) return column.render(value, row, index);
  return isPlain(value) ? value : null;
};

const Cells = <Row,>({ columns, row, index }: { columns: ColumnsType<Row>; row: Row; index: number }) =>
  columns.map((column, at) => {
    const content = contentOf(column, row, index);
    return (
      <td
        key={column.key ?? column.dataIndex ?? at}
        className={classesOf(column)}
        title={column.ellipsis === true && isPlain(content) ? String(content) : undefined}
      >
        {content}
      </td>
    );
  });

const Toggle = ({ isOpen, toggle }: { isOpen: boolean; toggle: () => void }) => {
  const t = common.useWords();
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      aria-label={t(isOpen ? "closeRow" : "openRow")}
      onClick={toggle}
    >
      {isOpen ? "−" : "+"}
    </button>
  );
};

type BodyProps<Row> = Pick<
  TableProps<Row>,
  "dataSource" | "rowKey" | "onRow" | "rowClassName" | "expandable"
> & {
  readonly shown: ColumnsType<Row>;
};
const Rows = <Row,>({ shown, dataSource, rowKey, onRow, rowClassName, expandable }: BodyProps<Row>) => {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string): void =>
    setOpened(
      (before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]),
    );
  return dataSource.map((row, index) => {
    const key = typeof rowKey === "function" ? rowKey(row) : String(row[rowKey]);
    const mayOpen = expandable !== undefined && expandable.rowExpandable?.(row) !== false;
    const isOpen = mayOpen && opened.has(key);
    return (
      <Fragment key={key}>
        <tr
          {...onRow?.(row, index)}
          data-row-key={key}
          className={`${styles["row"]} ${rowClassName?.(row) ?? ""}`}
        >
          {expandable === undefined ? null : (
            <td className={styles["toggle"]}>
              {mayOpen ? <Toggle isOpen={isOpen} toggle={() => toggle(key)} /> : null}
            </td>
          )}
          <Cells columns={shown} row={row} index={index} />
        </tr>
        {isOpen ? (
          <tr className={styles["opened"]}>
            <td colSpan={shown.length + 1}>{expandable.expandedRowRender(row)}</td>
          </tr>
        ) : null}
      </Fragment>
    );
  });
};

export const Table = <Row,>({
  columns,
  dataSource,
  tableLayout,
  scroll,
  className,
  loading,
  empty,
  atOnce = dataSource.length,
  ...rest
}: TableProps<Row>) => {
  const t = common.useWords();
  const isPhone = useIsPhone();
  const [pages, setPages] = useState(1);
  const shown = columns.filter(({ isWide }) => isWide !== true || !isPhone);
  const first = rest.expandable === undefined ? 0 : 1;
  const layout =
    tableLayout ??
    (scroll === undefined && shown.some(({ ellipsis }) => ellipsis === true) ? "fixed" : "auto");
  const wide = scroll === undefined ? {} : { width: scroll.x === true ? "auto" : scroll.x, minWidth: "100%" };
  return (
    <div
      className={[
        styles["box"],
        scroll === undefined ? "" : styles["sideways"],
        loading === true ? styles["reading"] : "",
        className ?? "",
      ].join(" ")}
      aria-busy={loading === true}
    >
      <table
        className={styles["table"]}
        aria-label={rest["aria-label"]}
        style={{ tableLayout: layout, ...wide }}
      >
        <colgroup>
          {first === 0 ? null : <col style={{ width: 32 }} />}
          {shown.map(({ key, dataIndex, width }, at) => (
            <col key={key ?? dataIndex ?? at} style={width === undefined ? {} : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {first === 0 ? null : <th scope="col" className={styles["toggle"]} aria-label={t("openRow")} />}
            {shown.map((column, at) => (
              <th key={column.key ?? column.dataIndex ?? at} scope="col" className={classesOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {dataSource.length > 0 ? (
            <Rows {...rest} shown={shown} dataSource={dataSource.slice(0, pages * atOnce)} />
          ) : (
            <tr>
              <td className={styles["nothing"]} colSpan={shown.length + first}>
                {empty ?? t("nothing")}
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {dataSource.length > pages * atOnce ? (
        <Button block type="text" onClick={() => setPages(pages + 1)}>
          {t("more")}
        </Button>
      ) : null}
    </div>
  );
};
