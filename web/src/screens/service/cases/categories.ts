/** The tree of categories as the screens use it. */
import { api } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { language } from "#web/words/words.ts";

export type Category = Item<"/ticket-categories">;
export type CategoryField = Category["fields"][number];

const NONE: readonly Category[] = [];

/** All second levels in use, in the order of the tree; numbered from 1, which is what is typed. */
export const useCategories = () => {
  const { data, error, refetch } = api.useQuery("get", "/ticket-categories", {}, { staleTime: 600_000 });
  const all = data?.items ?? NONE;
  const second = all.filter(({ parent, active }) => parent !== null && active);
  const nameOf = (code: string): string => {
    const found = all.find((one) => one.code === code);
    if (found === undefined) return code;
    return language() === "en" ? found.nameEn : found.name;
  };
  return {
    all,
    second,
    nameOf,
    find: (code: string) => all.find((one) => one.code === code),
    isRead: data !== undefined,
    error,
    again: () => void refetch(),
  };
};
