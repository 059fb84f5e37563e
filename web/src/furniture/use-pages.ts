import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { PagedRows } from "./data-table.tsx";

type Page<Row> = { readonly items: readonly Row[]; readonly nextCursor: string | null };

/**
 * All pages read so far of a list route. `key` begins with the method and the route ("get", "/tickets", filters), so that
 * `forget("/tickets")` reads it anew; `read` asks for one page: `(cursor) => call.GET("/tickets", {...}).then(({ data }) => data)`.
 */
export const usePages = <Row, More = unknown>(
  key: readonly unknown[],
  read: (cursor: string | undefined) => Promise<(Page<Row> & More) | undefined>,
  options: { enabled?: boolean; refetchIntervalMs?: number } = {},
): PagedRows<Row> & {
  readonly readAt: number;
  /** The first page as it came, with what stands beside its rows: kept with them, also when somebody comes back. */
  readonly first: (Page<Row> & More) | undefined;
} => {
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => (await read(pageParam)) ?? null,
    getNextPageParam: (last) => last?.nextCursor ?? undefined,
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    ...(options.refetchIntervalMs === undefined ? {} : { refetchInterval: options.refetchIntervalMs }),
  });
  return {
    rows: query.data?.pages.flatMap((page) => page?.items ?? []) ?? [],
    first: query.data?.pages[0] ?? undefined,
    hasMore: query.hasNextPage,
    more: () => void query.fetchNextPage(),
    isReading: query.isFetching,
    error: query.error,
    again: () => void query.refetch(),
    readAt: query.dataUpdatedAt,
  };
};
