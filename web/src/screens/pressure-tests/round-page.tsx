/** A round: what it asks, how many homes know, its buildings, and telling people a week and a day before. */
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./pressure.module.css";
import { RoundMap } from "./round-map.tsx";
import { share } from "./share.ts";
import { useTestColumns } from "./test-columns.tsx";
import { words } from "./words.ts";

type Round = Answer<"get", "/pressure-rounds/{id}">;
const STAGES = ["week-before", "day-before"] as const;

const RoundFacts = ({ round }: { round: Round }) => {
  const t = words.useWords();
  const { reach } = round;
  return (
    <div className={styles["panel"]}>
      <Facts
        rows={[
          [t("kind"), t(`kind.${round.kind}`)],
          [
            t("required"),
            round.requiredKpa === null
              ? null
              : t("held", {
                  kpa: round.requiredKpa,
                  minutes: round.holdMinutes ?? 0,
                  drop: round.allowedDropKpa ?? 0,
                }),
          ],
          [t("contact"), `${round.contactName} ${round.contactNumber}`],
          [t("planned"), dateTime(round.plannedAt)],
          [
            t("reach"),
            [
              t("reachBefore", { share: share(reach.reachBefore) }),
              t("reachAfter", { share: share(reach.reach), reached: reach.reached, homes: reach.homes }),
              t("stairwellsPosted", { posted: reach.stairwellsPosted, all: reach.stairwells }),
            ].join(" · "),
          ],
          ["", reach.unnamed > 0 ? t("unnamed", { count: reach.unnamed }) : null],
          ["", round.note],
        ]}
      />
    </div>
  );
};

/** A notice for each window; whoever made it asks a second person to approve it on its page. */
const Announce = ({ roundId }: { roundId: string }) => {
  const t = words.useWords();
  const [made, setMade] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<(typeof STAGES)[number]>();
  const tell = async (stage: (typeof STAGES)[number]): Promise<void> => {
    if (busy !== undefined) return;
    setBusy(stage);
    setError(null);
    try {
      const { data } = await call.POST("/pressure-rounds/{id}/announce", {
        params: { path: { id: roundId } },
        body: { stage },
      });
      setMade(data?.noticeIds ?? []);
      await forget("/pressure-rounds/{id}", "/notices");
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <>
      <div className={styles["row"]}>
        {STAGES.map((stage) => (
          <Button key={stage} loading={busy === stage} onClick={() => void tell(stage)}>
            {t(stage === "week-before" ? "weekBefore" : "dayBefore")}
          </Button>
        ))}
        {made.length === 0 ? null : (
          <span role="status">
            {t("announced")}{" "}
            {made.map((id) => (
              <Link key={id} to="/notices/$noticeId" params={{ noticeId: id }}>
                {t("noticeLink", { id })}{" "}
              </Link>
            ))}
          </span>
        )}
      </div>
      <Problem error={error} />
    </>
  );
};

export const RoundPage = () => {
  const t = words.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const { roundId = "" } = useParams({ strict: false });
  const columns = useTestColumns();
  const { data, error, refetch, dataUpdatedAt, isFetching } = api.useQuery("get", "/pressure-rounds/{id}", {
    params: { path: { id: roundId } },
  });
  useLive(["pressure-test.changed"], () => void forget("/pressure-rounds/{id}"));
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  return (
    <>
      <PageBar title={data.title} readAt={dataUpdatedAt} />
      {may("pressure-test.write") ? <Announce roundId={roundId} /> : null}
      <RoundFacts round={data} />
      <RoundMap tests={data.tests} />
      <DataTable
        data={{
          rows: data.tests,
          hasMore: false,
          more: () => undefined,
          isReading: isFetching,
          error,
          again: () => void refetch(),
        }}
        rowKey={(row) => row.id}
        columns={columns}
        open={(row) => void navigate({ to: "/pressure-tests/$testId", params: { testId: row.testNo } })}
        empty={t("noneOnDay")}
        label={data.title}
      />
    </>
  );
};
