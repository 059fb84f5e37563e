/** The house at work: what waits, what is stuck, what was given up, what ran last. */
import { Link } from "@tanstack/react-router";
import { Alert, Button, Tag } from "antd";
import { api, forget } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { Details } from "#web/furniture/details.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./admin.module.css";
import { rowsOf } from "./rows.ts";
import { jobName } from "./words-rights.ts";
import { words } from "./words.ts";

type Queues = Answer<"get", "/operations/queues">;
type Letter = Item<"/operations/dead-letters">;
const AGAIN_MS = 5000;

/** Not failed: it waits for what will come, and looks again by itself. */
const isWaiting = (outcome: unknown): boolean =>
  typeof outcome === "object" && outcome !== null && "waitingFor" in outcome;

const Figure = ({
  name,
  value,
  isBad = false,
}: {
  name: string;
  value: string | number;
  isBad?: boolean;
}) => (
  <div className={`${styles["figure"]} ${isBad ? styles["bad"] : ""}`}>
    <strong>{value}</strong>
    {name}
  </div>
);

const Figures = ({ queues }: { queues: Queues }) => {
  const t = words.useWords();
  const { outbox, seals } = queues;
  const lag = Math.round(Math.max(outbox.oldestToRingSeconds, outbox.oldestUnsettledSeconds));
  const unsealed = seals.reduce((sum, seal) => sum + seal.unsealedRows, 0);
  return (
    <div className={styles["figures"]}>
      <Figure name={t("toRing")} value={outbox.toRing} />
      <Figure name={t("unsettled")} value={outbox.unsettled} />
      <Figure name={t("lag")} value={lag} isBad={lag > 120} />
      <Figure name={t("deadLetters")} value={outbox.deadLetters} isBad={outbox.deadLetters > 0} />
      <Figure name={t("unsealed")} value={unsealed} isBad={unsealed > 10_000} />
    </div>
  );
};

const DeadLetters = () => {
  const t = words.useWords();
  const may = useMay();
  const query = api.useQuery("get", "/operations/dead-letters", {}, { refetchInterval: AGAIN_MS });
  const replay = api.useMutation("post", "/operations/dead-letters/{id}/replay");
  const columns: ColumnsType<Letter> = [
    { title: t("event"), dataIndex: "type" },
    { title: t("subject"), dataIndex: "subject" },
    { title: t("subscriber"), dataIndex: "subscriber" },
    { title: t("tries"), dataIndex: "attempts", align: "right" },
    { title: t("why"), dataIndex: "reason", ellipsis: true, width: 420 },
    { title: t("at"), render: (_, row) => dateTime(row.diedAt) },
    {
      title: "",
      key: "replay",
      render: (_, row) =>
        may("operations.write") ? (
          <Button
            size="small"
            disabled={replay.isPending}
            onClick={() =>
              replay.mutate(
                { params: { path: { id: row.id } } },
                { onSuccess: () => void forget("/operations/dead-letters", "/operations/queues") },
              )
            }
          >
            {t("replay")}
          </Button>
        ) : null,
    },
  ];
  return (
    <section className={styles["panel"]}>
      <h2>{t("deadLetters")}</h2>
      <Problem error={replay.error} />
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("noDeadLetter")}
        label={t("deadLetters")}
      />
    </section>
  );
};

const Channels = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/messages/channels", {}, { refetchInterval: AGAIN_MS });
  return (
    <section className={styles["panel"]}>
      <div className={styles["row"]}>
        <h2>{t("channels")}</h2>
        <Link to="/messages" search={{ list: "channels" }}>
          {t("toChannels")}
        </Link>
      </div>
      <DataTable
        data={rowsOf(query, query.data?.channels)}
        rowKey={(row) => row.channel}
        columns={[
          { title: t("channel"), render: (_, row) => t(`channel.${row.channel}`) },
          { title: t("backlog"), dataIndex: "backlog", align: "right" },
          { title: t("lag"), render: (_, row) => Math.round(row.oldestSeconds), align: "right" },
          { title: t("underWay"), dataIndex: "underWay", align: "right" },
          {
            title: t("providers"),
            render: (_, row) =>
              row.providers.map((one) => (
                <Tag
                  key={one.provider}
                  color={
                    one.stoppedReason !== "" ? "error" : one.breaker === "closed" ? "success" : "warning"
                  }
                >
                  {one.provider} {one.stoppedReason}
                </Tag>
              )),
          },
        ]}
        empty={t("noChannel")}
        label={t("channels")}
      />
    </section>
  );
};

const Stuck = ({ stuck }: { stuck: Queues["stuck"] }) => {
  const t = words.useWords();
  if (stuck.length === 0) return null;
  return (
    <section className={styles["panel"]}>
      <h2>{t("stuck")}</h2>
      <DataTable
        data={rowsOf({ isFetching: false, error: null, refetch: () => undefined }, stuck)}
        rowKey={(row) => `${row.id} ${row.subscriber}`}
        columns={[
          { title: t("event"), dataIndex: "type" },
          { title: t("subject"), dataIndex: "subject" },
          { title: t("subscriber"), dataIndex: "subscriber" },
          { title: t("tries"), dataIndex: "tries", align: "right" },
          { title: t("why"), dataIndex: "lastError", ellipsis: true, width: 420 },
          { title: t("at"), render: (_, row) => dateTime(row.occurredAt) },
        ]}
        empty={t("nothing")}
        label={t("stuck")}
      />
    </section>
  );
};

export const QueuesPage = () => {
  const t = words.useWords();
  const may = useMay();
  const query = api.useQuery("get", "/operations/queues", {}, { refetchInterval: AGAIN_MS });
  const jobs: ColumnsType<Queues["jobs"][number]> = [
    { title: t("job"), render: (_, row) => jobName(row.job) },
    { title: t("date"), dataIndex: "businessDate" },
    {
      title: t("state"),
      render: (_, row) => (
        <Tag
          color={
            row.state === "done"
              ? "success"
              : isWaiting(row.outcome)
                ? "warning"
                : row.state === "failed"
                  ? "error"
                  : "processing"
          }
        >
          {t(isWaiting(row.outcome) ? "job.waits" : `job.${row.state}`)}
        </Tag>
      ),
    },
    { title: t("at"), render: (_, row) => dateTime(row.finishedAt ?? row.startedAt) },
    { title: t("outcome"), render: (_, row) => <Details of={row.outcome} /> },
  ];
  return (
    <>
      <PageBar title={t("queuesTitle")} readAt={query.dataUpdatedAt} />
      <Problem error={query.error} again={() => void query.refetch()} />
      {query.data?.sendingHeld === true ? <Alert type="warning" showIcon title={t("held")} /> : null}
      {query.data === undefined ? null : (
        <>
          <Figures queues={query.data} />
          <Stuck stuck={query.data.stuck} />
        </>
      )}
      <DeadLetters />
      {may("message.set-up") ? <Channels /> : null}
      <section className={styles["panel"]}>
        <h2>{t("timetable")}</h2>
        <DataTable
          data={rowsOf(query, query.data?.jobs)}
          rowKey={(row) => row.job}
          columns={jobs}
          empty={t("noJob")}
          label={t("timetable")}
        />
      </section>
    </>
  );
};
