import type { PagedRows } from "#web/furniture/data-table.tsx";

type Query = {
  readonly isFetching: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
};

/** A list that comes whole, as a table takes it. */
export const rowsOf = <Row>(query: Query, rows: readonly Row[] | undefined): PagedRows<Row> => ({
  rows: rows ?? [],
  hasMore: false,
  more: () => undefined,
  isReading: query.isFetching,
  error: query.error,
  again: () => void query.refetch(),
});
