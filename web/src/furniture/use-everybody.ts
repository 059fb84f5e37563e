/** Everybody who has a login, all pages of them: a company has some hundreds, and nobody may be missing where people are chosen. */
import { useQuery } from "@tanstack/react-query";
import { call } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";

export type Person = Item<"/staff">;

const PAGE = 200;

const readAll = async (signal: AbortSignal): Promise<Person[]> => {
  const found: Person[] = [];
  let cursor: string | undefined;
  do {
    const { data }: { data?: Answer<"get", "/staff"> } = await call.GET("/staff", {
      params: { query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
      signal,
    });
    found.push(...(data?.items ?? []));
    cursor = data?.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
};

/** Read anew by `forget("/staff")`. */
export const useEverybody = () =>
  useQuery({ queryKey: ["get", "/staff", "everybody"], queryFn: ({ signal }) => readAll(signal) });
