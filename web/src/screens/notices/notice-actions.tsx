/** What can be done with a notice now: sample, ask, approve (the second person), begin, hold, go on, end, throw away. */
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay, useSession } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { ApproveDialog } from "./approve-dialog.tsx";
import type { Channel } from "./filters.ts";
import type { Notice } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { readAgain } from "./read-again.ts";
import { words } from "./words.ts";

type Verb = "pause" | "resume" | "stop" | "cancel";

const move = async (id: string, verb: Verb, reason: string): Promise<void> => {
  const order = { params: { path: { id } }, body: { reason } };
  if (verb === "pause") await call.POST("/notices/{id}/pause", order);
  else if (verb === "resume") await call.POST("/notices/{id}/resume", order);
  else if (verb === "stop") await call.POST("/notices/{id}/stop", order);
  else await call.POST("/notices/{id}/cancel", order);
  await readAgain();
};

/** As in the list of approvals: a draft again, with the reason. */
const refuse = async (approvalId: string, reason: string): Promise<void> => {
  await call.POST("/approvals/{id}/decision", {
    params: { path: { id: approvalId } },
    body: { decision: "refused", reason },
  });
  await Promise.all([readAgain(), forget("/approvals")]);
};

/** Runs one thing at a time and keeps what was refused. */
const useDoing = () => {
  const [error, setError] = useState<unknown>(null);
  const [doing, setDoing] = useState<string>();
  const run = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    if (doing !== undefined) return;
    setDoing(name);
    setError(null);
    try {
      await work();
      await readAgain();
    } catch (refused) {
      setError(refused);
      await readAgain();
    } finally {
      setDoing(undefined);
    }
  };
  return { error, doing, run };
};

type Doing = ReturnType<typeof useDoing>;

const headersOf = ({ id, version }: Notice) => ({
  params: { path: { id }, header: { "If-Match": `"${version}"` } },
});

const DraftActions = ({ notice, doing }: { notice: Notice; doing: Doing }) => {
  const t = words.useWords();
  const word = useCodes();
  const [isSampled, setSampled] = useState(false);
  const sample = (channel: Channel): Promise<void> =>
    doing.run(`sample-${channel}`, async () => {
      await call.POST("/notices/{id}/samples", {
        params: { path: { id: notice.id } },
        body: { channel },
      });
      setSampled(true);
    });
  return (
    <>
      {notice.channels.map((channel) => (
        <Button
          key={channel}
          type={notice.sampled || notice.emergency ? "default" : "primary"}
          loading={doing.doing === `sample-${channel}`}
          onClick={() => void sample(channel)}
        >
          {notice.channels.length === 1 ? t("sample") : t("sampleBy", { channel: word("medium", channel) })}
        </Button>
      ))}
      {notice.state === "draft" && !notice.emergency ? (
        <Button
          type={notice.sampled ? "primary" : "default"}
          disabled={!notice.sampled}
          loading={doing.doing === "ask"}
          onClick={() =>
            void doing.run("ask", () => call.POST("/notices/{id}/approval-requests", headersOf(notice)))
          }
        >
          {t("ask")}
        </Button>
      ) : null}
      {isSampled ? <span role="status">{t("sampled")}</span> : null}
    </>
  );
};

const nextOf = (notice: Notice): keyof typeof words.texts.en => {
  if (notice.state !== "draft") return `next.${notice.state}`;
  if (notice.emergency) return "next.draft-emergency";
  return notice.sampled ? "next.draft-sampled" : "next.draft";
};

const RUNNING: Readonly<Partial<Record<Notice["state"], readonly Verb[]>>> = {
  draft: ["cancel"],
  waiting: ["cancel"],
  approved: ["cancel"],
  running: ["pause", "stop"],
  paused: ["resume", "stop"],
};

const WriterActions = ({
  notice,
  doing,
  asking,
}: {
  notice: Notice;
  doing: Doing;
  asking: (verb: Verb) => void;
}) => {
  const t = words.useWords();
  const navigate = useNavigate();
  const isAhead = ["draft", "waiting", "approved"].includes(notice.state);
  return (
    <>
      {isAhead ? <DraftActions notice={notice} doing={doing} /> : null}
      {notice.state === "approved" ? (
        <Button
          type="primary"
          loading={doing.doing === "start"}
          onClick={() => void doing.run("start", () => call.POST("/notices/{id}/start", headersOf(notice)))}
        >
          {t("start")}
        </Button>
      ) : null}
      {isAhead ? (
        <Button
          onClick={() => void navigate({ to: "/notices/$noticeId/edit", params: { noticeId: notice.id } })}
        >
          {t("edit")}
        </Button>
      ) : null}
      {(RUNNING[notice.state] ?? []).map((verb) => (
        <Button key={verb} danger={verb === "stop" || verb === "cancel"} onClick={() => asking(verb)}>
          {t(verb === "cancel" ? "discard" : verb)}
        </Button>
      ))}
    </>
  );
};

export const NoticeActions = ({ notice }: { notice: Notice }) => {
  const t = words.useWords();
  const may = useMay();
  const { login } = useSession();
  const doing = useDoing();
  const [asking, setAsking] = useState<Verb>();
  const [isApproving, setApproving] = useState(false);
  const [isRefusing, setRefusing] = useState(false);
  const isOwn = notice.requestedBy === login;
  const canApprove =
    may("notice.approve") &&
    ((notice.state === "waiting" && !isOwn) || (notice.state === "draft" && notice.emergency));
  return (
    <>
      <div className={styles["steps"]}>
        <strong>{t(nextOf(notice))}</strong>
        {may("notice.write") ? <WriterActions notice={notice} doing={doing} asking={setAsking} /> : null}
        {canApprove ? (
          <Button type="primary" onClick={() => setApproving(true)}>
            {t("approve")}
          </Button>
        ) : null}
        {canApprove && notice.approvalId !== null && may("approval.decide") ? (
          <Button danger onClick={() => setRefusing(true)}>
            {t("refuse")}
          </Button>
        ) : null}
        {notice.state === "waiting" && isOwn ? (
          <span className={styles["quiet"]}>{t("ownWaits")}</span>
        ) : null}
      </div>
      <Problem error={doing.error} />
      {asking === undefined ? null : (
        <AskReason
          title={t(asking === "cancel" ? "discard" : asking)}
          danger={asking === "stop" || asking === "cancel"}
          act={(reason) => move(notice.id, asking, reason)}
          close={() => setAsking(undefined)}
        >
          {asking === "stop" ? <p>{t("stopWarning")}</p> : null}
        </AskReason>
      )}
      {isRefusing && notice.approvalId !== null ? (
        <AskReason
          title={t("refuse")}
          danger
          act={(reason) => refuse(notice.approvalId ?? "", reason)}
          close={() => setRefusing(false)}
        />
      ) : null}
      {isApproving ? <ApproveDialog notice={notice} close={() => setApproving(false)} /> : null}
    </>
  );
};
