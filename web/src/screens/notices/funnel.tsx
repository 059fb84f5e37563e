/** The funnel: every home stands in one outcome, every number opens its list. Read anew while it runs. */
import { Link, useSearch } from "@tanstack/react-router";
import { Fragment } from "react";
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { CHANNELS, OUTCOMES, type RecipientFilter, recipientFilterOf } from "./filters.ts";
import type { Notice } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { yuanOfMilliFen } from "./preview-panel.tsx";
import { Recipients } from "./recipients.tsx";
import { Replies } from "./replies.tsx";
import { funnelWords, useReasons } from "./words-funnel.ts";

type Figures = Answer<"get", "/notices/{id}/funnel">;
type Line = {
  readonly name: string;
  readonly count: number;
  readonly filter: RecipientFilter;
  readonly kind: "plain" | "good" | "bad" | "idle";
};

const READ_AGAIN_MS = 2000;

const KINDS: Readonly<Partial<Record<(typeof OUTCOMES)[number], Line["kind"]>>> = {
  delivered: "good",
  undelivered: "bad",
  expired: "bad",
  rejected: "bad",
  unknown: "bad",
  skipped: "idle",
  cancelled: "idle",
  waiting: "idle",
};

const useLines = (figures: Figures): readonly (readonly [string, readonly Line[]])[] => {
  const t = funnelWords.useWords();
  const word = useCodes();
  const why = useReasons();
  const countOf = (outcome: (typeof OUTCOMES)[number]): number => figures.byOutcome[outcome] ?? 0;
  const byReason = (counts: Record<string, number>, outcome: "skipped" | "failed"): Line[] =>
    Object.entries(counts).map(([reason, count]) => ({
      name: why(reason),
      count,
      filter: { outcome, reason },
      kind: outcome === "failed" ? "bad" : "idle",
    }));
  return [
    [
      t("funnel"),
      [
        { name: t("audience"), count: figures.audience, filter: { all: 1 }, kind: "plain" },
        { name: t("sent"), count: figures.sent, filter: { outcome: "sent" }, kind: "plain" },
        ...OUTCOMES.filter((outcome) => countOf(outcome) > 0 || outcome === "delivered").map(
          (outcome): Line => ({
            name: t(`outcome.${outcome}`),
            count: countOf(outcome),
            filter: { outcome },
            kind: KINDS[outcome] ?? "plain",
          }),
        ),
        { name: t("failed"), count: figures.failed, filter: { outcome: "failed" }, kind: "bad" },
      ],
    ],
    [t("skippedBy"), byReason(figures.skippedBy, "skipped")],
    [t("failedBy"), byReason(figures.failedBy, "failed")],
    [
      t("byChannel"),
      CHANNELS.filter((channel) => figures.byChannel[channel] !== undefined).map((channel) => ({
        name: word("medium", channel),
        count: figures.byChannel[channel] ?? 0,
        filter: { channel },
        kind: "plain",
      })),
    ],
  ];
};

const Bars = ({ lines, whole, noticeId }: { lines: readonly Line[]; whole: number; noticeId: string }) => {
  const t = funnelWords.useWords();
  return (
    <div className={styles["funnel"]}>
      {lines.map(({ name, count, filter, kind }) => (
        <Fragment key={name}>
          <span>{name}</span>
          <progress
            className={styles["bar"]}
            data-kind={kind}
            aria-label={name}
            value={count}
            max={Math.max(whole, 1)}
          />
          <Link
            to="/notices/$noticeId"
            params={{ noticeId }}
            search={filter}
            className={styles["number"]}
            aria-label={t("openList", { name, count: count.toLocaleString("en-US") })}
          >
            {count.toLocaleString("en-US")}
          </Link>
        </Fragment>
      ))}
    </div>
  );
};

const ReplyCounts = ({ figures, noticeId }: { figures: Figures; noticeId: string }) => {
  const t = funnelWords.useWords();
  const kinds = Object.entries(figures.repliesBy);
  return (
    <>
      <h2 className={styles["heading"]}>{t("replies")}</h2>
      {kinds.length === 0 ? <p className={styles["quiet"]}>{t("noReplies")}</p> : null}
      {kinds.map(([kind, count]) => {
        const { replies } = recipientFilterOf({ replies: kind });
        return replies === undefined ? null : (
          <p key={kind}>
            {t(`reply.${replies}`)}{" "}
            <Link to="/notices/$noticeId" params={{ noticeId }} search={{ replies }}>
              {count}
            </Link>
          </p>
        );
      })}
    </>
  );
};

export const Funnel = ({ notice }: { notice: Notice }) => {
  const t = funnelWords.useWords();
  const filter = useSearch({ from: "/inside/notices/$noticeId" });
  const isMoving = notice.endedAt === null;
  const { data, error, refetch } = api.useQuery(
    "get",
    "/notices/{id}/funnel",
    { params: { path: { id: notice.id } } },
    { refetchInterval: isMoving ? READ_AGAIN_MS : READ_AGAIN_MS * 10 },
  );
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  return (
    <FunnelOf
      notice={notice}
      figures={data}
      filter={filter}
      sum={t("totals", {
        messages: data.messages,
        segments: data.segments,
        yuan: yuanOfMilliFen(data.costMilliFen),
      })}
    />
  );
};

const FunnelOf = ({
  notice,
  figures,
  filter,
  sum,
}: {
  notice: Notice;
  figures: Figures;
  filter: RecipientFilter;
  sum: string;
}) => {
  const t = funnelWords.useWords();
  const may = useMay();
  const groups = useLines(figures);
  const { replies, ...recipients } = filter;
  return (
    <section className={styles["panel"]} aria-label={t("funnel")}>
      {groups
        .filter(([, lines]) => lines.length > 0)
        .map(([title, lines]) => (
          <Fragment key={title}>
            <h2 className={styles["heading"]}>{title}</h2>
            <Bars lines={lines} whole={figures.audience} noticeId={notice.id} />
          </Fragment>
        ))}
      <p className={styles["quiet"]}>{sum}</p>
      {may("notice.write") && figures.failed + (figures.byOutcome.skipped ?? 0) > 0 ? (
        <Link to="/notices/new" search={{ missedBy: notice.id }}>
          {t("tryAgain")}
        </Link>
      ) : null}
      <ReplyCounts figures={figures} noticeId={notice.id} />
      {Object.keys(recipients).length > 0 ? <Recipients noticeId={notice.id} filter={recipients} /> : null}
      {replies === undefined ? null : <Replies noticeId={notice.id} kind={replies} />}
    </section>
  );
};
