/**
 * Filters that a person keeps for a table. The address names the kept filter by its id (`?filter=17`), so that it can be
 * bookmarked and sent to oneself; what it looks for is in the database only.
 */
import { Button, Input, Popover, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { savedFilters } from "#web/words/saved-filters.ts";
import { Problem } from "./problem.tsx";

type Flat = Body<"post", "/saved-filters">["filter"];

type Props<Filter extends object> = {
  /** Unique to the table: "tickets", "finance.breaks". */
  readonly page: string;
  readonly filter: Filter;
  /** Of flat values only: texts, numbers, yes and no. */
  readonly empty: Filter;
  readonly apply: (filter: Filter) => void;
  /** The id in the address (`?filter=17`), and how to put another one there. */
  readonly id: number | undefined;
  readonly toAddress: (id: number | undefined) => void;
};

const KeepButton = ({ keep }: { keep: (name: string) => Promise<void> }) => {
  const t = savedFilters.useWords();
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (name: string): Promise<void> => {
    if (name.trim() === "") return;
    try {
      setError(null);
      await keep(name.trim());
      setOpen(false);
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <>
          <Input.Search
            autoFocus
            aria-label={t("name")}
            placeholder={t("name")}
            maxLength={40}
            enterButton={t("keep")}
            onSearch={(name) => void send(name)}
          />
          <Problem error={error} />
        </>
      }
    >
      <Button>{t("keep")}</Button>
    </Popover>
  );
};

export const SavedFilters = <Filter extends object>({
  page,
  filter,
  empty,
  apply,
  id: named,
  toAddress,
}: Props<Filter>) => {
  const t = savedFilters.useWords();
  const id = named === undefined ? undefined : String(named);
  const query = api.useQuery("get", "/saved-filters", { params: { query: { page } } });
  const kept = query.data?.items.find((one) => one.id === id);
  const applied = useRef<string>(undefined);
  useEffect(() => {
    // The address names another filter than the one on the screen.
    if (kept === undefined || applied.current === kept.id) return;
    applied.current = kept.id;
    apply({ ...empty, ...kept.filter });
  }, [kept, apply, empty]);
  const choose = (chosen: string | undefined): void => {
    applied.current = undefined;
    if (chosen === undefined) apply(empty);
    toAddress(chosen === undefined ? undefined : Number(chosen));
  };
  const keep = async (name: string): Promise<void> => {
    const { data } = await call.POST("/saved-filters", {
      body: { page, name, filter: { ...filter } as Flat },
    });
    await forget("/saved-filters");
    if (data !== undefined) choose(data.id);
  };
  const drop = async (): Promise<void> => {
    if (id === undefined) return;
    await call.DELETE("/saved-filters/{id}", { params: { path: { id } } });
    choose(undefined);
    await forget("/saved-filters");
  };
  return (
    <>
      <Select
        allowClear
        aria-label={t("choose")}
        placeholder={t("choose")}
        popupMatchSelectWidth={false}
        value={kept?.id ?? null}
        onChange={(chosen: string | null | undefined) => choose(chosen ?? undefined)}
        options={(query.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
      />
      <KeepButton keep={keep} />
      {kept === undefined ? null : (
        <Button type="text" onClick={() => void drop()}>
          {t("drop")}
        </Button>
      )}
    </>
  );
};
