import type { FetchQueryOptions, QueryKey } from "@tanstack/react-query";
import { queryClient } from "./client.ts";
import { SESSION } from "./session.ts";

/**
 * Begins what a page reads while the page itself is still being loaded and drawn, for whoever is signed in. What comes of it, a
 * refusal too, is the page's to say; what was read just now is not read again. A link under the mouse (`preload`) is no page yet: its
 * code is fetched, its answer is not asked for.
 */
export const beginToRead = <Read, Problem, Data, Key extends QueryKey>(
  read: FetchQueryOptions<Read, Problem, Data, Key>,
  { preload }: { readonly preload: boolean },
): void => {
  if (!preload && queryClient.getQueryData(SESSION) !== undefined) void queryClient.prefetchQuery(read);
};

/** For a route whose loader begins to read: what a passing mouse had it do does not stand for the press. */
export const ASKED_WHEN_OPENED = { preloadStaleTime: 0 } as const;
