/**
 * Filters that a person keeps for a page (常用筛选), in one button of its bar: `<SavedFilters />` is all that a page says whose
 * filters stand in its address. The address names the kept one by its id (`?filter=17`) beside the codes that it stands for;
 * what was typed to search is handed over by the page (`typed`, `take`), kept with the filter, and never in an address.
 */
import { Button, Popover } from "antd";
import { useEffect, useRef, useState } from "react";
import { useMatch, useNavigate, useSearch } from "@tanstack/react-router";
import { api, call, forget } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { savedFilters } from "#web/words/saved-filters.ts";
import { type FilterDeeds, FilterList } from "./filter-list.tsx";
import { asOne, type Flat, flatOf, type Kept, pageOf, splitOff } from "./flat-filter.ts";
import { useShortcut } from "./shortcuts.ts";
import { tellUndo } from "./undo.tsx";

type Props = {
  /** What stands in the address and is no filter: the row that is open, the month that is looked at. */
  readonly except?: readonly string[];
  readonly typed?: Flat;
  readonly take?: (typed: Flat) => void;
};

const NOTHING: readonly string[] = [];
const NONE: Flat = {};

/** The filter as it is now, and how another one is put in its place. */
const useCurrent = ({ except = NOTHING, typed = NONE, take }: Props) => {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const put = (filter: Flat, id: number | undefined): void => {
    const { own, rest } = splitOff(filter, Object.keys(typed));
    take?.(own);
    const stays = Object.fromEntries(Object.entries(search).filter(([key]) => except.includes(key)));
    const next = { ...stays, ...rest, ...(id === undefined ? {} : { filter: id }) };
    void navigate({ to: ".", search: () => next as never, replace: true });
  };
  return {
    id: typeof search["filter"] === "number" ? String(search["filter"]) : undefined,
    filter: { ...flatOf(search, ["filter", ...except]), ...flatOf(typed, []) },
    inAddress: flatOf(search, ["filter", ...except]),
    /** The address says nothing at all: whoever came by a link that says something sees just that. */
    isBare: Object.keys(flatOf(search, [])).length === 0,
    /** Of a kept filter what is typed, which no address holds. */
    typedOf: (filter: Flat): Flat => splitOff(filter, Object.keys(typed)).own,
    put,
  };
};

/** An address that only names a filter is filled; one that says nothing begins with the person's default. Once per visit. */
const useBeginning = (
  items: readonly Kept[] | undefined,
  current: ReturnType<typeof useCurrent>,
  choose: (kept: Kept) => void,
): void => {
  const begun = useRef(false);
  useEffect(() => {
    if (items === undefined || begun.current) return;
    begun.current = true;
    const first = items.find((one) =>
      current.id === undefined ? current.isBare && one.isDefault : one.id === current.id,
    );
    if (first === undefined) return;
    // Where codes stand beside the id, they say what to look for; only what was typed is not among them.
    const saysNothing = Object.keys(current.inAddress).length === 0;
    choose(
      saysNothing ? first : { ...first, filter: { ...current.typedOf(first.filter), ...current.inAddress } },
    );
  });
};

const useDeeds = (page: string, filter: Flat, choose: (kept: Kept | undefined) => void): FilterDeeds => {
  const t = savedFilters.useWords();
  const change = async (id: string, body: Body<"patch", "/saved-filters/{id}">): Promise<void> => {
    await call.PATCH("/saved-filters/{id}", { params: { path: { id } }, body });
    await forget("/saved-filters");
  };
  const keep = async (name: string, content: Flat): Promise<string | undefined> => {
    const { data } = await call.POST("/saved-filters", { body: { page, name, filter: content } });
    await forget("/saved-filters");
    return data?.id;
  };
  return {
    choose,
    rename: (id, name) => change(id, { name }),
    begin: (id, isDefault) => change(id, { isDefault }),
    replace: async (kept) => {
      await change(kept.id, { filter });
      choose({ ...kept, filter });
    },
    keep: async (name) => {
      const id = await keep(name, filter);
      if (id !== undefined) choose({ id, name, filter, isDefault: false });
    },
    drop: async (kept) => {
      await call.DELETE("/saved-filters/{id}", { params: { path: { id: kept.id } } });
      await forget("/saved-filters");
      tellUndo(t("dropped", { name: kept.name }), async () => {
        const id = await keep(kept.name, kept.filter);
        if (id !== undefined && kept.isDefault) await change(id, { isDefault: true });
      });
    },
  };
};

export const SavedFilters = (props: Props) => {
  const t = savedFilters.useWords();
  // Of this page, also while the address already names the next one, whose filters are none of its business.
  const page = pageOf(useMatch({ strict: false, select: ({ pathname }) => pathname }));
  const current = useCurrent(props);
  const { data } = api.useQuery("get", "/saved-filters", { params: { query: { page } } });
  const [isOpen, setOpen] = useState(false);
  const [last, setLast] = useState<string>();
  const isEmpty = asOne(current.filter) === "";
  // A page that changes its filter says it without the id: what was chosen is still what it was changed from.
  const kept = data?.items.find(({ id }) => id === (current.id ?? (isEmpty ? undefined : last)));
  const choose = (chosen: Kept | undefined): void => {
    setLast(chosen?.id);
    current.put(chosen?.filter ?? NONE, chosen === undefined ? undefined : Number(chosen.id));
    setOpen(false);
  };
  useBeginning(data?.items, current, choose);
  const deeds = useDeeds(page, current.filter, choose);
  useShortcut("v", t("choose"), () => setOpen(true));
  const isChanged = kept !== undefined && asOne(kept.filter) !== asOne(current.filter);
  return (
    <Popover
      trigger="click"
      open={isOpen}
      onOpenChange={setOpen}
      destroyOnHidden
      placement="bottomLeft"
      getPopupContainer={(button) => button.parentElement ?? document.body}
      content={
        <FilterList
          items={data?.items ?? []}
          kept={kept}
          isChanged={isChanged}
          isEmpty={isEmpty}
          deeds={deeds}
          close={() => setOpen(false)}
        />
      }
    >
      <Button aria-haspopup="dialog" aria-expanded={isOpen}>
        {kept === undefined ? t("choose") : t(isChanged ? "changed" : "chosen", { name: kept.name })}
      </Button>
    </Popover>
  );
};
