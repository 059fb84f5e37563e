/** Orders from outside (12345 and others), what is due first in hand; a row opens the order. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Checkbox, Select } from "antd";
import { call } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useNow } from "#web/furniture/use-now.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { referralWords } from "../words-referral.ts";
import { type ReferralFilter, SHOWN_STATES } from "./referral-filter.ts";
import { useAuthorities } from "./use-referral.ts";

type Referral = Item<"/referrals">;
const WAITING = new Set<Referral["state"]>(["received", "signed-for", "return-asked"]);

const useColumns = (): ColumnsType<Referral> => {
  const t = referralWords.useWords();
  const word = useCodes();
  const now = useNow(30_000);
  return [
    { title: t("outsideNo"), width: 150, dataIndex: "outsideNo" },
    { title: t("authority"), width: 130, dataIndex: "authorityName" },
    { title: t("matter"), ellipsis: true, render: (_, row) => (row.title === "" ? row.demand : row.title) },
    { title: t("state"), width: 100, render: (_, row) => word("referral", row.state) },
    { title: t("round"), width: 60, dataIndex: "round" },
    { title: t("received"), width: 130, render: (_, row) => dateTime(row.receivedAt) },
    {
      title: t("due"),
      width: 140,
      render: (_, row) =>
        WAITING.has(row.state) ? (
          <Mark tone={Date.parse(row.dueAt) < now ? "bad" : "plain"}>{remaining(row.dueAt, now)}</Mark>
        ) : row.reportedInTime === null ? null : (
          t(row.reportedInTime ? "inTime" : "late")
        ),
    },
    { title: t("ticket"), width: 110, dataIndex: "ticketNo" },
  ];
};

const Filters = ({ filter }: { filter: ReferralFilter }) => {
  const t = referralWords.useWords();
  const word = useCodes();
  const navigate = useNavigate();
  const { authorities } = useAuthorities();
  const narrow = (change: Partial<ReferralFilter>): void =>
    void navigate({ to: "/referrals", search: { ...filter, ...change } });
  return (
    <>
      <Select<(typeof SHOWN_STATES)[number]>
        aria-label={t("state")}
        value={filter.state ?? "standing"}
        onChange={(state) => narrow({ state: state === "standing" ? undefined : state })}
        options={SHOWN_STATES.map((state) => ({
          value: state,
          label: state === "standing" || state === "all" ? t(state) : word("referral", state),
        }))}
        popupMatchSelectWidth={false}
      />
      <Select<string>
        aria-label={t("authority")}
        value={filter.authority ?? ""}
        onChange={(authority) => narrow({ authority: authority === "" ? undefined : authority })}
        options={[
          { value: "", label: t("anyAuthority") },
          ...authorities.map(({ code, name, nameEn }) => ({
            value: code,
            label: language() === "en" ? nameEn : name,
          })),
        ]}
        popupMatchSelectWidth={false}
      />
      <Checkbox
        checked={filter.overdue === true}
        onChange={(event) => narrow({ overdue: event.target.checked ? true : undefined })}
      >
        {t("overdueOnly")}
      </Checkbox>
    </>
  );
};

/** To the minute, so that a page is asked for once and not at every drawing. */
const thisMinute = (): string => new Date(Math.floor(houseNow() / 60_000) * 60_000).toISOString();

export const ReferralList = () => {
  const t = referralWords.useWords();
  const navigate = useNavigate();
  const may = useMay();
  const filter = useSearch({ from: "/inside/referrals" });
  const mayTake = may("referral.write");
  const take = (): void => void navigate({ to: "/referrals/new" });
  useShortcut("n", t("new"), take, mayTake);
  const columns = useColumns();
  const data = usePages(
    ["get", "/referrals", filter],
    (cursor) =>
      call
        .GET("/referrals", {
          params: {
            query: {
              state: filter.state ?? "standing",
              ...(filter.authority === undefined ? {} : { authority: filter.authority }),
              ...(filter.overdue === true ? { dueBefore: thisMinute() } : {}),
              ...(cursor === undefined ? {} : { cursor }),
            },
          },
        })
        .then((answer) => answer.data),
    { refetchIntervalMs: 60_000 },
  );
  return (
    <>
      <PageBar
        title={t("title")}
        readAt={data.readAt}
        actions={
          mayTake ? (
            <>
              <Button type="primary" onClick={take}>
                {t("new")} (n)
              </Button>
              <Button onClick={() => void navigate({ to: "/referrals/import" })}>{t("import")}</Button>
            </>
          ) : undefined
        }
      >
        <Filters filter={filter} />
        <SavedFilters />
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        tableLayout="fixed"
        open={(row) => void navigate({ to: "/referrals/$id", params: { id: row.id } })}
        empty={t(filter.state === undefined ? "empty" : "emptyAll")}
        label={t("title")}
      />
    </>
  );
};
