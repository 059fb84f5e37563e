/** The dense table of every list: pages by cursor, rows opened by Enter or a click, arrows between rows. */
import { Button } from "antd";
import type { KeyboardEvent, MouseEvent } from "react";
import { common } from "#web/words/common.ts";
import { Empty } from "./empty.tsx";
import styles from "./furniture.module.css";
import { Problem } from "./problem.tsx";
import { Table, type TableProps } from "./table.tsx";
import { useIsPhone } from "./use-is-phone.ts";

export type PagedRows<Row> = {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly isReading: boolean;
  readonly error: unknown;
  readonly again: () => void;
};

type Props<Row> = Omit<
  TableProps<Row>,
  "dataSource" | "loading" | "rowKey" | "empty" | "aria-label" | "className"
> & {
  readonly data: PagedRows<Row>;
  readonly rowKey: (row: Row) => string;
  /** What a click or Enter on a row does. */
  readonly open?: ((row: Row) => void) | undefined;
  readonly picked?: string | undefined;
  /** Said when there is nothing: what to do next. */
  readonly empty: string;
  /** What screen readers call the table. */
  readonly label: string;
};

/** What columns of fixed widths need on a phone, where the table is pushed sideways. */
const FIXED_PX = 1100;

/** A link, a button, a box in a row does what it says, and the row stays shut. */
const isOfItsOwn = (event: MouseEvent<HTMLElement>): boolean => {
  const own = event.target instanceof Element ? event.target.closest("a, button, input, label") : null;
  return event.defaultPrevented || (own !== null && event.currentTarget.contains(own));
};

const moveFocus = (event: KeyboardEvent<HTMLElement>): void => {
  const row = event.currentTarget;
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  if (next instanceof HTMLElement) {
    next.focus();
    event.preventDefault();
  }
};

export const DataTable = <Row extends object>({
  data,
  rowKey,
  open,
  picked,
  empty,
  label,
  ...rest
}: Props<Row>) => {
  const t = common.useWords();
  const isPhone = useIsPhone();
  if (data.error !== null && data.rows.length === 0) return <Problem error={data.error} again={data.again} />;
  return (
    <>
      {data.error === null ? null : <Problem error={data.error} again={data.again} />}
      <Table<Row>
        {...rest}
        aria-label={label}
        className={styles["table"] ?? ""}
        rowKey={rowKey}
        dataSource={data.rows}
        loading={data.isReading && data.rows.length === 0}
        {...(isPhone ? { scroll: { x: rest.tableLayout === "fixed" ? FIXED_PX : "max-content" } } : {})}
        empty={data.isReading ? t("loading") : <Empty text={empty} />}
        rowClassName={(row) => (rowKey(row) === picked ? "picked" : "")}
        {...(open === undefined
          ? {}
          : {
              onRow: (row: Row) => ({
                tabIndex: 0,
                onClick: (event) => {
                  if (!isOfItsOwn(event)) open(row);
                },
                onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
                  if (event.target !== event.currentTarget) return;
                  if (event.key === "Enter") open(row);
                  if (event.key === "ArrowDown" || event.key === "ArrowUp") moveFocus(event);
                },
              }),
            })}
      />
      {data.hasMore ? (
        <Button block type="text" onClick={data.more} loading={data.isReading}>
          {t("more")}
        </Button>
      ) : null}
    </>
  );
};
