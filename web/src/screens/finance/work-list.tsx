/** A list that is worked by keys: arrows move the mark, the panel beside it decides about what is marked. */
import type { ColumnsType } from "antd/es/table";
import { type ComponentType, type KeyboardEvent, useState } from "react";
import { DataTable, type PagedRows } from "#web/furniture/data-table.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useMay } from "#web/shell/session.ts";
import { DecidePanel } from "./decide-panel.tsx";
import type { About } from "./deeds.ts";
import styles from "./finance.module.css";
import { work } from "./words-work.ts";

type Props<Row> = {
  readonly data: PagedRows<Row>;
  readonly columns: ColumnsType<Row>;
  readonly idOf: (row: Row) => string;
  readonly aboutOf: (row: Row) => About;
  /** Shown above the decision: the row in full. */
  readonly Detail?: ComponentType<{ row: Row }>;
  readonly first?: string | undefined;
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
  label,
  empty,
}: Props<Row>) => {
  const t = work.useWords();
  const may = useMay();
  const [picked, setPicked] = useState(first);
  const at = Math.max(
    0,
    data.rows.findIndex((row) => idOf(row) === picked),
  );
  const row = data.rows[at];
  const move = (by: number): void => {
    const target = data.rows[Math.min(data.rows.length - 1, Math.max(0, at + by))];
    if (target !== undefined) setPicked(idOf(target));
  };
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
          onClick: () => setPicked(idOf(one)),
          onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
            if (event.key === " " && event.target === event.currentTarget) {
              event.preventDefault();
              setPicked(idOf(one));
            }
          },
        })}
      />
      {row === undefined ? null : (
        <div className={styles["stack"]}>
          {Detail === undefined ? null : <Detail row={row} />}
          {may("bank.import") && may("suspense.claim") ? (
            <DecidePanel key={aboutOf(row).key} about={aboutOf(row)} next={() => move(1)} />
          ) : null}
        </div>
      )}
    </div>
  );
};
