/** A list that is worked by keys: arrows move the mark, the panel beside it decides about what is marked. */
import { Alert } from "antd";
import type { ComponentType, KeyboardEvent } from "react";
import { DataTable, type PagedRows } from "#web/furniture/data-table.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { DecidePanel } from "./decide-panel.tsx";
import type { About } from "./deeds.ts";
import styles from "./finance.module.css";
import { useMarked } from "#web/furniture/use-marked.ts";
import { work } from "./words-work.ts";

type Props<Row> = {
  readonly data: PagedRows<Row>;
  readonly columns: ColumnsType<Row>;
  readonly idOf: (row: Row) => string;
  readonly aboutOf: (row: Row) => About;
  /** Shown above the decision: the row in full. */
  readonly Detail?: ComponentType<{ row: Row }>;
  readonly first?: string | undefined;
  /** Which list it is, by its filter. */
  readonly list: string;
  readonly label: string;
  readonly empty: string;
};

export const WorkList = <Row extends object>({
  data,
  columns,
  idOf,
  aboutOf,
  Detail,
  first,
  list,
  label,
  empty,
}: Props<Row>) => {
  const t = work.useWords();
  const may = useMay();
  const { row, isGone, mark, move, release } = useMarked(data.rows, idOf, list, first);
  useShortcut("ArrowDown", t("keysHint"), () => move(1), data.rows.length > 1);
  useShortcut("ArrowUp", t("keysHint"), () => move(-1), data.rows.length > 1);
  return (
    <div className={styles["work"]}>
      <DataTable
        data={data}
        rowKey={idOf}
        columns={columns}
        label={label}
        empty={empty}
        picked={row === undefined ? undefined : idOf(row)}
        onRow={(one) => ({
          tabIndex: 0,
          "aria-selected": row !== undefined && idOf(one) === idOf(row),
          onClick: () => mark(idOf(one)),
          onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
            if (event.key === " " && event.target === event.currentTarget) {
              event.preventDefault();
              mark(idOf(one));
            }
          },
        })}
      />
      {isGone ? <Alert type="info" showIcon role="status" title={t("gone")} /> : null}
      {row === undefined ? null : (
        <div className={styles["stack"]}>
          {Detail === undefined ? null : <Detail row={row} />}
          {may("bank.import") && may("suspense.claim") ? (
            <DecidePanel key={aboutOf(row).key} about={aboutOf(row)} next={release} />
          ) : null}
        </div>
      )}
    </div>
  );
};
