import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { PagedRows } from "./data-table.tsx";

type Page<Row> = { readonly items: readonly Row[]; readonly nextCursor: string | null };

/**
 * All pages read so far of a list route. `key` begins with the method and the route ("get", "/tickets", filters), so that
 * `forget("/tickets")` reads it anew; `read` asks for one page: `(cursor) => call.GET("/tickets", {...}).then(({ data }) => data)`.
 */
export const usePages = <Row>(
  key: readonly unknown[],
  read: (cursor: string | undefined) => Promise<Page<Row> | undefined>,
  options: { enabled?: boolean; refetchIntervalMs?: number } = {},
): PagedRows<Row> & { readonly readAt: number } => {
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => (await read(pageParam)) ?? { items: [], nextCursor: null },
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    ...(options.refetchIntervalMs === undefined ? {} : { refetchInterval: options.refetchIntervalMs }),
  });
  return {
    rows: query.data?.pages.flatMap((page) => page.items) ?? [],
    hasMore: query.hasNextPage,
    more: () => void query.fetchNextPage(),
    isReading: query.isFetching,
    error: query.error,
    again: () => void query.refetch(),
    readAt: query.dataUpdatedAt,
  };
};
