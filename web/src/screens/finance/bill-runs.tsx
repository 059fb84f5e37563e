/** The bill run: preview, compare, have it approved where the rule asks, issue, watch. Closing the page interrupts nothing. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, Steps, Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who } from "#web/furniture/who.tsx";
import { Table } from "#web/furniture/table.tsx";
import { RunIssue } from "./bill-run-issue.tsx";
import { RunPreview } from "./bill-run-preview.tsx";
import { RunProgress } from "./bill-run-progress.tsx";
import styles from "./finance.module.css";
import { runs } from "./words-runs.ts";

type Runs = Answer<"get", "/bill-runs">;
export type Run = Runs["items"][number];

const History = ({ items }: { items: readonly Run[] }) => {
  const t = runs.useWords();
  return (
    <section aria-label={t("history")}>
      <h2>{t("history")}</h2>
      <Table
        rowKey="id"
        dataSource={items}
        aria-label={t("history")}
        empty={<Empty text={t("noRuns")} />}
        columns={[
          { title: t("startedAt"), render: (_, run) => dateTime(run.startedAt) },
          { title: t("finishedAt"), render: (_, run) => dateTime(run.finishedAt) },
          { title: t("asOf"), dataIndex: "asOf" },
          { title: t("state"), render: (_, run) => <Tag>{t(`state.${run.state}`)}</Tag> },
          { title: t("count"), align: "right", dataIndex: "issuedCount" },
          {
            title: t("sum"),
            align: "right",
            render: (_, run) => <Money fen={run.issuedSumFen} sign={false} />,
          },
          { title: t("by"), render: (_, run) => <Who login={run.startedBy} name={run.startedByName} /> },
          {
            title: t("approvedBy"),
            render: (_, run) => <Who login={run.approvedBy} name={run.approvedByName} />,
          },
        ]}
      />
    </section>
  );
};

/** A second person stands among the steps where the company's rule asks for one. */
const stepsOf = (data: Runs | undefined) =>
  data?.needsTwo === true
    ? (["stepPreview", "stepSecond", "stepIssue"] as const)
    : (["stepPreview", "stepIssue"] as const);

const stepOf = (data: Runs | undefined, isPreviewed: boolean): number => {
  const last = stepsOf(data).length - 1;
  const [latest] = data?.items ?? [];
  if (latest !== undefined && latest.state !== "posted") return last;
  if (!isPreviewed) return 0;
  return data?.needsTwo === true && data.waiting?.state !== "approved" ? 1 : last;
};

/** A run that posts is watched; so is what waits for somebody. Without an answer it is asked again until there is one. */
const lookAgainIn = (data: Runs | undefined): number | false => {
  const [latest] = data?.items ?? [];
  if (latest !== undefined && latest.state !== "posted") return 800;
  return (data?.waiting ?? null) === null ? false : 4000;
};

const SeasonRuns = ({ season, asOf }: { season: number; asOf: string }) => {
  const t = runs.useWords();
  const preview = api.useMutation("post", "/bill-runs/preview");
  const list = api.useQuery(
    "get",
    "/bill-runs",
    { params: { query: { season } } },
    { refetchInterval: ({ state }) => (state.error === null ? lookAgainIn(state.data) : 2000) },
  );
  const [latest] = list.data?.items ?? [];
  const unfinished = latest !== undefined && latest.state !== "posted" ? latest : undefined;
  const look = (): void => preview.mutate({ body: { season, ...(asOf === "" ? {} : { asOf }) } });
  return (
    <div className={styles["stack"]}>
      <Steps
        size="small"
        current={stepOf(list.data, preview.data !== undefined)}
        items={stepsOf(list.data).map((step) => ({ title: t(step) }))}
      />
      <Problem error={list.error ?? preview.error} />
      {unfinished === undefined ? (
        <div className={styles["row"]}>
          <Button type="primary" loading={preview.isPending} onClick={look}>
            {t("preview")}
          </Button>
          <span className={styles["quiet"]}>{t("previewHint")}</span>
        </div>
      ) : (
        <RunProgress run={unfinished} />
      )}
      {preview.data === undefined || unfinished !== undefined || list.data === undefined ? null : (
        <>
          <RunIssue
            preview={preview.data}
            needsTwo={list.data.needsTwo}
            waiting={list.data.waiting}
            look={look}
          />
          <RunPreview preview={preview.data} />
        </>
      )}
      {list.data === undefined ? null : <History items={list.data.items} />}
    </div>
  );
};

export const BillRuns = () => {
  const t = runs.useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/finance/bill-runs" });
  const { data, error } = api.useQuery("get", "/seasons", {}, { staleTime: 60_000 });
  const [asOf, setAsOf] = useState("");
  const seasons = data?.items.map((one) => one.season) ?? [];
  const season = Number(search.season ?? data?.billingNow ?? seasons.at(-1) ?? 0);
  return (
    <>
      <PageBar title={t("title")}>
        <Select
          aria-label={t("season")}
          style={{ width: 160 }}
          {...(season === 0 ? {} : { value: season })}
          onChange={(value) => void navigate({ to: "/finance/bill-runs", search: { season: String(value) } })}
          options={seasons.map((one) => ({ value: one, label: `${t("season")} ${one}–${one + 1}` }))}
        />
        <label className={styles["inline"]}>
          {t("asOf")} <Input type="date" value={asOf} onChange={({ target }) => setAsOf(target.value)} />
        </label>
      </PageBar>
      <Problem error={error} />
      {season === 0 ? (
        data === undefined ? null : (
          <Empty text={t("noSeason")} />
        )
      ) : (
        <SeasonRuns key={`${season} ${asOf}`} season={season} asOf={asOf} />
      )}
    </>
  );
};
