/** Money of nobody: claimed for a household, returned, or settled as a channel's day; each by two people. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Segmented, Tag } from "antd";
import { call } from "#web/api/client.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import { aboutHeld, type Held } from "./deeds.ts";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";
import { work } from "./words-work.ts";
import { WorkList } from "./work-list.tsx";

const STATES = ["open", "claimed", "returned", "settled"] as const;
type State = (typeof STATES)[number];

/** What the bank says of it, above what is decided about it. */
const Detail = ({ row }: { row: Held }) => {
  const t = work.useWords();
  const say = bank.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("theirs")}>
      <Facts
        rows={[
          [t("fen"), <Money key="fen" fen={row.amountFen} />],
          [say("payer"), row.payer],
          [t("number"), row.accountText],
          [t("remittance"), row.remittance ?? row.note],
          [t("serial"), row.serial],
          [t("received"), `${row.receivedOn} ${row.channel ?? ""}`],
        ]}
      />
    </section>
  );
};

export const Suspense = () => {
  const t = work.useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/finance/suspense" });
  const state: State = STATES.find((one) => one === search.state) ?? "open";
  const data = usePages(
    ["get", "/suspense", state],
    (cursor) =>
      call
        .GET("/suspense", { params: { query: { state, ...(cursor === undefined ? {} : { cursor }) } } })
        .then((answer) => answer.data),
    { refetchIntervalMs: 10_000 },
  );
  const standing = (row: Held): string => {
    if (row.claimedAccountNo !== null) return t("claimedFor", { no: row.claimedAccountNo });
    if (row.state !== "open") return t(`suspense.${row.state}`);
    if (row.waiting?.state === "requested") return t("waiting");
    return t(row.waiting?.state === "approved" ? "agreed" : "suspense.open");
  };
  const columns: ColumnsType<Held> = [
    { title: t("received"), dataIndex: "receivedOn" },
    { title: t("channel"), render: (_, row) => <ChannelName code={row.channel} /> },
    { title: t("serial"), dataIndex: "serial", ellipsis: true },
    { title: t("number"), dataIndex: "accountText" },
    { title: t("fen"), align: "right", render: (_, row) => <Money fen={row.amountFen} sign={false} /> },
    { title: t("state"), render: (_, row) => <Tag>{standing(row)}</Tag> },
    { title: t("remittance"), render: (_, row) => row.remittance ?? row.note, ellipsis: true },
  ];
  return (
    <>
      <PageBar title={t("suspense")} readAt={data.readAt}>
        <Segmented<State>
          aria-label={t("filterState")}
          value={state}
          onChange={(value) => void navigate({ to: "/finance/suspense", search: { state: value } })}
          options={STATES.map((value) => ({ value, label: t(`suspense.${value}`) }))}
        />
        <SavedFilters />
      </PageBar>
      <WorkList
        data={data}
        columns={columns}
        idOf={(row) => row.id}
        aboutOf={aboutHeld}
        Detail={Detail}
        first={search.id}
        list={state}
        label={t("suspense")}
        empty={t("noSuspense")}
      />
    </>
  );
};
