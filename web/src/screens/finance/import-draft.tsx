/** A file on its way in: what was found, its totals side by side, the second person, the posting. Closing the page loses nothing. */
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Alert, Button, Popconfirm, Progress, Spin, Steps, Tag } from "antd";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { TableButton } from "#web/furniture/table-button.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who, whoText } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import { draftMark } from "./draft-mark.ts";
import { Doubts } from "./import-doubts.tsx";
import { FirstEntries, FirstLines, Problems, Refused, Totals, Tried } from "./import-draft-parts.tsx";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";

type Draft = Answer<"get", "/bank-drafts/{id}">;

const stepOf = (draft: Draft): number => {
  if (draft.state === "imported") return 4;
  if (draft.state === "confirmed") return 3;
  if (draft.state === "refused" || draft.state === "dropped") return draft.tried === null ? 0 : 1;
  if (draft.needsTwo && draft.approval?.state === "approved") return 3;
  return draft.approval?.state === "requested" ? 2 : 1;
};

const Walk = ({ draft }: { draft: Draft }) => {
  const t = bank.useWords();
  const isRefused = draft.state === "refused";
  return (
    <Steps
      size="small"
      current={stepOf(draft)}
      status={isRefused ? "error" : draft.state === "imported" ? "finish" : "process"}
      items={[
        { title: t("stepFile") },
        { title: t("stepTry") },
        { title: t("stepSecond") },
        { title: t("stepPost") },
        { title: t("stepDone") },
      ]}
    />
  );
};

/** The one thing to do next, or what is waited for. */
const Next = ({ draft }: { draft: Draft }) => {
  const t = bank.useWords();
  const say = common.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const path = { params: { path: { id: draft.id } } };
  const changed = (): Promise<void> =>
    forget("/bank-drafts", "/bank-drafts/{id}", "/bank-imports", "/approvals", "/bank-board", "/bank-breaks");
  const confirm = api.useMutation("post", "/bank-drafts/{id}/confirmation", {
    onSettled: () => void changed(),
  });
  const drop = api.useMutation("delete", "/bank-drafts/{id}", {
    onSuccess: () => {
      void changed();
      void navigate({ to: "/finance/imports" });
    },
  });
  if (draft.state !== "looked" || !may("bank.import")) {
    return draft.approval?.state === "requested" && draft.state === "looked" ? (
      <Alert type="warning" showIcon title={t("askedWait")} />
    ) : null;
  }
  const { approval, needsTwo } = draft;
  const inDoubt = (draft.tried?.counts["break"] ?? 0) + (draft.tried?.counts["suspense"] ?? 0);
  const mustAsk =
    needsTwo && (approval === null || approval.state === "refused" || approval.state === "withdrawn");
  return (
    <div className={styles["stack"]}>
      {mustAsk ? <Alert type="warning" showIcon title={t("needsTwo", { count: inDoubt })} /> : null}
      {approval?.state === "requested" ? <Alert type="info" showIcon title={t("askedWait")} /> : null}
      {approval?.state === "approved" ? (
        <Alert
          type="success"
          showIcon
          title={t("agreedBy", { who: whoText(approval.decidedBy, approval.decidedByName) })}
        />
      ) : null}
      {approval?.state === "refused" ? (
        <Alert
          type="error"
          showIcon
          title={t("objectedBy", {
            who: whoText(approval.decidedBy, approval.decidedByName),
            reason: approval.reason ?? "",
          })}
        />
      ) : null}
      <div className={styles["row"]}>
        {approval?.state === "requested" ? null : (
          <Button type="primary" autoFocus loading={confirm.isPending} onClick={() => confirm.mutate(path)}>
            {t(mustAsk ? "askSecond" : "confirm")}
          </Button>
        )}
        <Popconfirm
          title={t("dropSure")}
          okText={say("confirm")}
          cancelText={say("cancel")}
          onConfirm={() => drop.mutate(path)}
        >
          <Button disabled={confirm.isPending}>{t("drop")}</Button>
        </Popconfirm>
      </div>
      <Problem error={confirm.error ?? drop.error} />
    </div>
  );
};

const Posting = ({ draft }: { draft: Draft }) => {
  const t = bank.useWords();
  if (draft.state !== "confirmed" && draft.state !== "imported") return null;
  const done = draft.import?.linesDone ?? 0;
  const total = draft.import?.lineCount ?? draft.tried?.lineCount ?? 0;
  const share =
    draft.state === "imported" ? 100 : total === 0 ? 0 : Math.min(99, Math.floor((done * 100) / total));
  return (
    <section className={styles["panel"]} aria-label={t("stepPost")}>
      <Progress percent={share} aria-label={t("stepPost")} status={share === 100 ? "success" : "active"} />
      <p>
        {t("progress", { done, total })} · {t(draft.state === "imported" ? "doneLine" : "running")}
      </p>
      {draft.state !== "imported" || draft.import === null ? null : (
        <p className={styles["row"]}>
          {draft.bankDay === null ? null : (
            <Link
              to="/finance/bank-days/$channel/$day"
              params={{ channel: draft.channel, day: draft.forDay ?? draft.bankDay }}
            >
              {t("toDay")}
            </Link>
          )}
          <Link to="/finance/imported/$id" params={{ id: draft.import.id }}>
            {t("toLines")}
          </Link>
          <Link to="/finance/breaks" search={{ channel: draft.channel }}>
            {t("toBreaks")}
          </Link>
          <Link to="/finance/suspense">{t("toSuspense")}</Link>
        </p>
      )}
    </section>
  );
};

const Found = ({ draft }: { draft: Draft }) => {
  const t = bank.useWords();
  return (
    <Facts
      rows={[
        [t("channel"), <ChannelName key="channel" code={draft.channel} />],
        [t("profile"), draft.profile],
        [t("encoding"), draft.encoding],
        [t("looksLike"), t(`looks.${draft.looksLike}` as Parameters<typeof t>[0])],
        [t("bankDay"), draft.bankDay],
        [t("forDay"), draft.forDay],
        [t("size"), t("bytes", { count: draft.sizeBytes })],
        [t("digest"), <code key="digest">{draft.sha256.slice(0, 16)}…</code>],
        [
          t("by"),
          <span key="by">
            <Who login={draft.keptBy} name={draft.keptByName} /> {dateTime(draft.keptAt)}
          </span>,
        ],
      ]}
    />
  );
};

export const ImportDraft = () => {
  const t = bank.useWords();
  const may = useMay();
  const { id } = useParams({ from: "/inside/finance/imports/$id" });
  const { data, error, refetch, dataUpdatedAt } = api.useQuery(
    "get",
    "/bank-drafts/{id}",
    { params: { path: { id } } },
    {
      refetchInterval: ({ state }) =>
        state.data?.state === "confirmed" ? 700 : state.data?.state === "looked" ? 4000 : false,
    },
  );
  const mark = data === undefined ? undefined : draftMark(data);
  return (
    <>
      <PageBar
        title={data?.fileName ?? t("imports")}
        readAt={dataUpdatedAt}
        actions={
          data !== undefined && data.state === "refused" && may("bank.import") ? (
            <TableButton path={`/bank-drafts/${id}/error-file`} name={`bank-errors-${id}`} />
          ) : null
        }
      >
        {mark === undefined ? null : <Tag color={mark.color}>{t(mark.word)}</Tag>}
        <Link to="/finance/imports">{t("imports")}</Link>
      </PageBar>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? (
        error === null ? (
          <Spin />
        ) : null
      ) : (
        <div className={styles["stack"]}>
          <Walk draft={data} />
          <Refused draft={data} />
          <Posting draft={data} />
          <Next draft={data} />
          <Doubts draft={data} />
          <div className={styles["columns"]}>
            <div className={styles["stack"]}>
              <section className={styles["panel"]} aria-label={t("stepFile")}>
                <h2>{t("stepFile")}</h2>
                <Found draft={data} />
              </section>
              <FirstLines draft={data} />
            </div>
            <div className={styles["stack"]}>
              <Totals draft={data} />
              <Tried draft={data} />
            </div>
          </div>
          <Problems draft={data} />
          <FirstEntries draft={data} />
        </div>
      )}
    </>
  );
};
