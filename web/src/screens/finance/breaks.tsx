/** The work list of differences: the bank's line on the left, ours on the right, worked by keys. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Select, Tag } from "antd";
import { api, call } from "#web/api/client.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { whoText } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { channelChoice } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import { aboutBreak, type Break } from "./deeds.ts";
import styles from "./finance.module.css";
import { householdPath } from "./household-path.ts";
import type { BreakSearch } from "./routes.ts";
import { bank } from "./words-bank.ts";
import { work } from "./words-work.ts";
import { WorkList } from "./work-list.tsx";

const CLASSES = [
  "bank-only",
  "ours-only",
  "unknown-account",
  "amount",
  "duplicate",
  "state",
  "day-cut",
] as const;
type Class = (typeof CLASSES)[number];
const classOf = (text: string | undefined): Class | undefined => CLASSES.find((one) => one === text);

const stateText = (t: ReturnType<typeof work.useWords>, row: Break): string => {
  if (row.resolution !== null) return t(`resolution.${row.resolution}` as Parameters<typeof t>[0]);
  if (row.waiting?.state === "requested") return t("waiting");
  if (row.waiting?.state === "approved") return t("agreed");
  return row.owner === null ? t("open") : whoText(row.owner, row.ownerName);
};

const useColumns = (): ColumnsType<Break> => {
  const t = work.useWords();
  return [
    {
      title: t("class"),
      render: (_, row) => (
        <Tag color={row.state === "open" ? "error" : "default"}>
          {t(`class.${row.class}` as Parameters<typeof t>[0])}
        </Tag>
      ),
    },
    {
      title: t("channel"),
      render: (_, row) => (
        <>
          <ChannelName code={row.channel} /> {row.bankDay}
        </>
      ),
    },
    {
      title: t("theirs"),
      render: (_, row) =>
        row.serial === null ? (
          <span className={styles["quiet"]}>{t("noLine")}</span>
        ) : (
          <>
            <Money fen={row.bankAmountFen} /> {row.accountText}
          </>
        ),
    },
    {
      title: t("ours"),
      render: (_, row) =>
        row.our === null ? (
          <span className={styles["quiet"]}>
            {row.heldFen === null ? t("noOurs") : t("held", { yuan: yuan(row.heldFen) })}
          </span>
        ) : (
          <>
            <Money fen={row.ourAmountFen ?? row.bankAmountFen} /> {row.our.accountNo}
          </>
        ),
    },
    {
      title: t("state"),
      render: (_, row) => (
        <span className={row.waiting?.state === "approved" && row.state === "open" ? styles["good"] : ""}>
          {stateText(t, row)}
        </span>
      ),
    },
  ];
};

const Sides = ({ row }: { row: Break }) => {
  const t = work.useWords();
  const say = bank.useWords();
  return (
    <section className={styles["panel"]} aria-label={`${t("theirs")} / ${t("ours")}`}>
      <div className={styles["columns"]}>
        <div>
          <h2>{t("theirs")}</h2>
          <Facts
            rows={[
              [say("serial"), row.serial],
              [say("row"), row.row],
              [t("number"), row.accountText],
              [say("payer"), row.payer],
              [t("fen"), row.bankAmountFen === null ? null : <Money key="fen" fen={row.bankAmountFen} />],
              [say("valueDate"), row.valueDate],
              [say("rule"), row.rule === null ? null : t(`rule.${row.rule}` as Parameters<typeof t>[0])],
            ]}
          />
        </div>
        <div>
          <h2>{t("ours")}</h2>
          {row.our === null ? (
            <p className={styles["quiet"]}>
              {row.heldFen === null ? t("noOurs") : t("held", { yuan: yuan(row.heldFen) })}
            </p>
          ) : (
            <Facts
              rows={[
                [say("serial"), row.our.serial],
                [
                  t("toWhom"),
                  <Link key="no" to={householdPath(row.our.accountNo)}>
                    {row.our.accountNo}
                  </Link>,
                ],
                [t("fen"), <Money key="fen" fen={row.ourAmountFen ?? row.bankAmountFen} />],
                [say("at"), dateTime(row.our.paidAt)],
              ]}
            />
          )}
        </div>
      </div>
      {row.note === "" ? null : <p className={styles["quiet"]}>{row.note}</p>}
    </section>
  );
};

const Filters = ({ search }: { search: BreakSearch }) => {
  const t = work.useWords();
  const navigate = useNavigate();
  const { data } = api.useQuery("get", "/channels", {}, { staleTime: 600_000 });
  const change = (part: Partial<BreakSearch>): void => {
    const next = { ...search, ...part };
    delete next.id;
    for (const name of ["channel", "day", "class", "state"] as const)
      if (next[name] === "") delete next[name];
    void navigate({ to: "/finance/breaks", search: next });
  };
  return (
    <>
      <Select
        aria-label={t("filterState")}
        value={search.state ?? "open"}
        onChange={(state) => change({ state })}
        options={[
          { value: "open", label: t("open") },
          { value: "resolved", label: t("resolved") },
          { value: "all", label: t("allStates") },
        ]}
      />
      <Select
        aria-label={t("channel")}
        style={{ width: 180 }}
        value={search.channel ?? ""}
        onChange={(channel) => change({ channel })}
        options={[
          { value: "", label: `${t("channel")}: ${t("all")}` },
          ...(data?.items ?? [])
            .filter(({ profile }) => profile !== null)
            .map((one) => ({ value: one.code, label: channelChoice(one, language()) })),
        ]}
      />
      <Select
        aria-label={t("class")}
        style={{ width: 150 }}
        value={search.class ?? ""}
        onChange={(value) => change({ class: value })}
        options={[
          { value: "", label: `${t("class")}: ${t("all")}` },
          ...CLASSES.map((one) => ({ value: one as string, label: t(`class.${one}`) })),
        ]}
      />
      {search.day === undefined ? null : (
        <Tag closable onClose={() => change({ day: "" })}>
          {search.day}
        </Tag>
      )}
    </>
  );
};

export const Breaks = () => {
  const t = work.useWords();
  const search = useSearch({ from: "/inside/finance/breaks" });
  const kind = classOf(search.class);
  const data = usePages(
    ["get", "/bank-breaks", search.channel, search.day, kind, search.state],
    (cursor) =>
      call
        .GET("/bank-breaks", {
          params: {
            query: {
              ...(search.state === "all" ? {} : { state: search.state === "resolved" ? "resolved" : "open" }),
              ...(search.channel === undefined ? {} : { channel: search.channel }),
              ...(search.day === undefined ? {} : { day: search.day }),
              ...(kind === undefined ? {} : { class: kind }),
              ...(cursor === undefined ? {} : { cursor }),
            },
          },
        })
        .then((answer) => answer.data),
    { refetchIntervalMs: 10_000 },
  );
  return (
    <>
      <PageBar title={t("breaks")} readAt={data.readAt}>
        <Filters search={search} />
        <SavedFilters except={["id"]} />
      </PageBar>
      <WorkList
        data={data}
        columns={useColumns()}
        idOf={(row) => row.id}
        aboutOf={aboutBreak}
        Detail={Sides}
        first={search.id}
        list={JSON.stringify(search)}
        label={t("breaks")}
        empty={t("nothing")}
      />
    </>
  );
};
