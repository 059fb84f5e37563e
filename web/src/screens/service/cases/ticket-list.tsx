/** Cases, the youngest first: twenty of them without scrolling on a screen of 1366 by 768. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Checkbox, Select, Tag } from "antd";
import { call, forget } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import type { Item } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { Who } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { type CodeKind, useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { saidIn } from "#web/words/said-in.ts";
import { listWords } from "../words-list.ts";
import { type CaseFilter, caseFilterOf, FILTER_CODES } from "./case-filter.ts";
import styles from "./cases.module.css";
import { useCategories } from "./categories.ts";

type Ticket = Item<"/tickets">;
const DAY_MS = 86_400_000;
const SEVERITY_TONES = { emergency: "bad", urgent: "warn", ordinary: "plain" } as const;

/** Full minutes, so that the same question has the same key for a while. */
const dueBefore = (due: CaseFilter["due"]): string | undefined => {
  if (due === undefined) return undefined;
  const until = houseNow() + (due === "today" ? DAY_MS : 0);
  return new Date(Math.floor(until / 60_000) * 60_000).toISOString();
};

const useTickets = (filter: CaseFilter) =>
  usePages(["get", "/tickets", filter], async (cursor) => {
    const { state = "open", due, building, ...rest } = filter;
    const before = dueBefore(due);
    const query = {
      ...rest,
      ...(state === "all" ? {} : { state }),
      ...(before === undefined ? {} : { dueBefore: before }),
      ...(building === undefined ? {} : { building: String(building) }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    return (await call.GET("/tickets", { params: { query } })).data;
  });

type Change = (part: { readonly [Key in keyof CaseFilter]: CaseFilter[Key] | undefined }) => void;

const Choice = <Key extends "severity" | "ownerRole" | "source" | "due">({
  name,
  words,
  filter,
  change,
}: {
  name: Key;
  words: { readonly any: string; readonly of: (code: string) => string };
  filter: CaseFilter;
  change: Change;
}) => (
  <Select<string>
    aria-label={words.any}
    placeholder={words.any}
    allowClear
    value={filter[name] ?? null}
    onChange={(code: string | undefined) =>
      change({ ...caseFilterOf({ [name]: code }), ...(code ? {} : { [name]: undefined }) })
    }
    options={FILTER_CODES[name].map((code) => ({ value: code, label: words.of(code) }))}
    popupMatchSelectWidth={false}
  />
);

const Filters = ({ filter, change }: { filter: CaseFilter; change: Change }) => {
  const t = listWords.useWords();
  const word = useCodes();
  const { all, nameOf } = useCategories();
  const words = (any: string, kind: CodeKind) => ({ any, of: (code: string) => word(kind, code) });
  return (
    <>
      <Select
        aria-label={t("state")}
        value={filter.state ?? "open"}
        onChange={(state) => change({ state: state === "open" ? undefined : state })}
        popupMatchSelectWidth={false}
        options={[
          { value: "open", label: t("openCases") },
          { value: "all", label: t("allStates") },
          ...FILTER_CODES.state.slice(1).map((code) => ({ value: code, label: word("ticket", code) })),
        ]}
      />
      <Checkbox
        checked={filter.owner === "me"}
        onChange={(event) => change({ owner: event.target.checked ? "me" : undefined })}
      >
        {t("mine")}
      </Checkbox>
      <Select<string>
        aria-label={t("category")}
        placeholder={t("anyCategory")}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        value={filter.category ?? null}
        onChange={(category: string | undefined) => change({ category })}
        popupMatchSelectWidth={false}
        options={all.map(({ code, parent }) => ({
          value: code,
          label: parent === null ? nameOf(code) : `${nameOf(parent)} · ${nameOf(code)}`,
        }))}
      />
      <Choice name="severity" words={words(t("anySeverity"), "severity")} filter={filter} change={change} />
      <Choice name="ownerRole" words={words(t("anyOwner"), "role")} filter={filter} change={change} />
      <Choice name="source" words={words(t("anySource"), "source")} filter={filter} change={change} />
      <Choice
        name="due"
        words={{ any: t("anyDue"), of: (code) => t(code === "overdue" ? "due.overdue" : "due.today") }}
        filter={filter}
        change={change}
      />
      {filter.account === undefined ? null : (
        <Tag closable onClose={() => change({ account: undefined })}>
          {t("household", { no: filter.account })}
        </Tag>
      )}
      {filter.building === undefined ? null : (
        <Tag closable onClose={() => change({ building: undefined })}>
          {t("building", { id: filter.building })}
        </Tag>
      )}
    </>
  );
};

const useColumns = (): ColumnsType<Ticket> => {
  const t = listWords.useWords();
  const word = useCodes();
  return [
    {
      title: t("no"),
      width: 132,
      render: (_, row) => <span translate="no">{row.ticketNo}</span>,
    },
    {
      title: t("severity"),
      width: 64,
      render: (_, row) => <Mark tone={SEVERITY_TONES[row.severity]}>{word("severity", row.severity)}</Mark>,
    },
    {
      title: t("category"),
      width: 120,
      ellipsis: true,
      render: (_, row) => (language() === "en" ? row.categoryNameEn : row.categoryName),
    },
    {
      title: t("summary"),
      ellipsis: true,
      render: (_, row) =>
        row.reopenCount > 0 ? `${saidIn(row)} (${t("repeat", { count: row.reopenCount })})` : saidIn(row),
    },
    { title: t("place"), dataIndex: "building", ellipsis: true, width: 180 },
    { title: t("state"), width: 72, render: (_, row) => word("ticket", row.state) },
    {
      title: t("owner"),
      width: 120,
      ellipsis: true,
      render: (_, row) =>
        row.owner === null ? word("role", row.ownerRole) : <Who login={row.owner} name={row.ownerName} />,
    },
    { title: t("opened"), width: 96, render: (_, row) => dateTime(row.openedAt).slice(5) },
    {
      title: t("due"),
      width: 112,
      render: (_, row) =>
        row.dueAt === null || row.closedAt !== null ? null : (
          <span className={row.overdue ? styles["overdue"] : ""}>
            {row.paused ? word("clock-state", "paused") : remaining(row.dueAt)}
          </span>
        ),
    },
  ];
};

export const TicketList = () => {
  const t = listWords.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const filter = caseFilterOf(useSearch({ from: "/inside/tickets" }));
  const change: Change = (part) =>
    void navigate({ to: "/tickets", search: caseFilterOf({ ...filter, ...part }), replace: true });
  const data = useTickets(filter);
  useLive(["ticket.changed", "ticket.assigned", "hotline.board"], () => void forget("/tickets"));
  const create = (): void => void navigate({ to: "/tickets/new" });
  const mayWrite = may("ticket.write");
  useShortcut("n", t("new"), create, mayWrite);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <PageBar
        title={t("title")}
        readAt={data.readAt}
        actions={
          mayWrite ? (
            <Button type="primary" onClick={create}>
              {t("new")} (n)
            </Button>
          ) : undefined
        }
      >
        <Filters filter={filter} change={change} />
        <SavedFilters />
        {isFiltered ? (
          <Button type="text" onClick={() => void navigate({ to: "/tickets", search: {}, replace: true })}>
            {t("clear")}
          </Button>
        ) : null}
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.ticketNo}
        columns={useColumns()}
        tableLayout="fixed"
        open={(row) => void navigate({ to: "/tickets/$ticketNo", params: { ticketNo: row.ticketNo } })}
        empty={t("empty")}
        label={t("title")}
      />
    </>
  );
};
