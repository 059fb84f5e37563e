/** A number that opens its list. */
import { Link } from "@tanstack/react-router";
import { sayValue, type Value, type Words } from "./figures.ts";
import styles from "./management.module.css";
import type { Narrowing } from "./narrowing.ts";

type ListRef = { readonly name: string; readonly params: Readonly<Record<string, string>> };

export const ReportNumber = ({
  kind,
  value,
  of,
  list,
  params,
  values,
  label,
}: {
  kind: string;
  value: Value;
  of: number | null;
  list: ListRef | null;
  /** The days, and what the row adds. */
  params: Narrowing;
  values: Words;
  /** What a screen reader hears before the number. */
  label: string;
}) => {
  const said = sayValue(kind, value, of, values);
  // Nothing lies behind a nought.
  const isOpen = list !== null && value !== null && (kind === "share" ? (of ?? 0) > 0 : value !== 0);
  const base =
    kind === "share" && value !== null && (of ?? 0) > 0 ? (
      <span className={styles["base"]}>
        {" "}
        {String(value)}/{String(of ?? 0)}
      </span>
    ) : null;
  return (
    <>
      {!isOpen || list === null ? (
        said
      ) : (
        <Link
          className={styles["open"]}
          to="/lists/$name"
          params={{ name: list.name }}
          search={{ ...params, ...list.params }}
          aria-label={`${label} ${said}`}
        >
          {said}
        </Link>
      )}
      {base}
    </>
  );
};
