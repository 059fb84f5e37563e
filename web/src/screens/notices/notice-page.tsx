/** One notice: what it says and to whom, what is to be done next, and, once it is approved, its funnel with the list behind every number. */
import { Link, useParams } from "@tanstack/react-router";
import { api } from "#web/api/client.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who, whoText } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { aboutIn } from "#web/words/about.ts";
import { useCodes } from "#web/words/codes.ts";
import { placeWords } from "#web/words/places.ts";
import { Funnel } from "./funnel.tsx";
import { NoticeActions } from "./notice-actions.tsx";
import type { Audience, Notice } from "./notice-draft.ts";
import { STATE_TONES } from "./notice-list.tsx";
import styles from "./notices.module.css";
import { PreviewPanel } from "./preview-panel.tsx";
import { editorWords, useVariableNames } from "./words-editor.ts";
import { words } from "./words.ts";

/** What its text is for, as the editor lists it; the code alone until that is read. */
const TemplateName = ({ template, locale }: Pick<Notice, "template" | "locale">) => {
  const t = editorWords.useWords();
  const { data } = api.useQuery("get", "/message-templates", {}, { staleTime: 600_000 });
  const found = data?.items.find((one) => one.name === template && one.locale === locale);
  const about = found === undefined ? "" : aboutIn(found.about);
  const spoken = locale === "en" ? "English" : t("chinese");
  return <span title={template}>{`${about === "" ? template : about} · ${spoken}`}</span>;
};

const MOVING = new Set(["running", "paused", "waiting", "approved"]);
const READ_AGAIN_MS = 3000;

/** Whether somebody may still change what it says. */
export const isAhead = ({ state }: Pick<Notice, "state">): boolean =>
  state === "draft" || state === "waiting" || state === "approved";

type Row = readonly [string, string];

/** Lists that were too long to be shown are their count. */
const countOf = (value: unknown): number | undefined => {
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null && "count" in value) return Number(value.count);
  return undefined;
};

const useAudienceRows = (notice: Notice): Row[] => {
  const t = editorWords.useWords();
  const place = placeWords.useWords();
  const word = useCodes();
  const audience = notice.audience as Audience;
  const names = (key: keyof typeof placeWords.texts.en & keyof Audience): string => {
    const named = notice.places.filter((one) => one.key === key).map(({ name }) => name);
    const count = countOf(audience[key]) ?? 0;
    return named.length < count ? `${named.join("、")} (${count})` : named.join("、");
  };
  const { owes } = audience;
  const rows: (readonly [string, string | undefined])[] = [
    [t("everybody"), audience.everybody === true ? "✓" : undefined],
    ...(["heatSourceIds", "stationIds", "loopIds", "communityIds", "buildingIds", "areaIds"] as const).map(
      (key) => [place(key), audience[key] === undefined ? undefined : names(key)] as const,
    ),
    [t("homes"), countOf(audience.accountNos)?.toString()],
    [t("missed", { id: "" }), audience.missedBy?.join("、")],
    [t("floors"), audience.floors?.join("、")],
    [t("heatClass"), audience.heatClass === undefined ? undefined : word("heat", audience.heatClass)],
    [t("supply"), audience.supply?.map((code) => word("supply", code)).join("、")],
    [
      t("owes"),
      owes === undefined ? undefined : `≥ ¥${yuan(owes.atLeastFen ?? 1)} ${owes.season?.toString() ?? ""}`,
    ],
    [t("onHold"), audience.onHold?.map((code) => word("hold", code)).join("、")],
    [t("notOnHold"), audience.notOnHold?.map((code) => word("hold", code)).join("、")],
  ];
  return rows.filter((row): row is Row => row[1] !== undefined && row[1] !== "");
};

const NoticeFacts = ({ notice }: { notice: Notice }) => {
  const t = words.useWords();
  const word = useCodes();
  const audience = useAudienceRows(notice);
  const called = useVariableNames();
  return (
    <section className={styles["panel"]} aria-label={t("name")}>
      <Facts
        rows={[
          [t("purpose"), word("purpose", notice.purpose)],
          [t("channels"), notice.channels.map((channel) => word("medium", channel)).join(" > ")],
          [t("template"), <TemplateName key="template" {...notice} />],
          ...Object.entries(notice.variables).map(([name, value]) => [called(name), String(value)] as const),
          ...audience,
          [t("startsAt"), dateTime(notice.startsAt)],
          [t("expiresAt"), dateTime(notice.expiresAt)],
          [
            t("by"),
            `${notice.createdBy === null ? t("system") : whoText(notice.createdBy, notice.createdByName)} ${dateTime(notice.createdAt)}`,
          ],
          [
            t("requested"),
            notice.requestedBy && (
              <Who key="requested" login={notice.requestedBy} name={notice.requestedByName} />
            ),
          ],
          [
            t("approver"),
            notice.approvedBy &&
              `${whoText(notice.approvedBy, notice.approvedByName)} ${dateTime(notice.approvedAt)}`,
          ],
          [
            t("quietWord"),
            notice.quietWordBy && (
              <Who key="quiet" login={notice.quietWordBy} name={notice.quietWordByName} />
            ),
          ],
          [t("began"), dateTime(notice.startedAt)],
          [t("goesAt"), notice.endedAt === null ? dateTime(notice.goesAt) : ""],
          [t("why"), notice.stateReason],
          [
            t("follows"),
            notice.followsId === null ? null : (
              <Link key="follows" to="/notices/$noticeId" params={{ noticeId: notice.followsId }}>
                {t("notice", { id: notice.followsId })}
              </Link>
            ),
          ],
        ]}
      />
    </section>
  );
};

const Ahead = ({ notice }: { notice: Notice }) => {
  const t = words.useWords();
  const { data, error, refetch } = api.useQuery("get", "/notices/{id}/preview", {
    params: { path: { id: notice.id } },
  });
  return (
    <section className={styles["panel"]} aria-label={t("preview")}>
      <h2 className={styles["heading"]}>{t("preview")}</h2>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? null : <PreviewPanel preview={data} />}
    </section>
  );
};

export const NoticePage = () => {
  const t = words.useWords();
  const may = useMay();
  const { noticeId = "" } = useParams({ strict: false });
  const { data, error, refetch, dataUpdatedAt } = api.useQuery(
    "get",
    "/notices/{id}",
    { params: { path: { id: noticeId } } },
    { refetchInterval: ({ state }) => (MOVING.has(state.data?.state ?? "") ? READ_AGAIN_MS : false) },
  );
  if (error !== null && data === undefined) return <Problem error={error} again={() => void refetch()} />;
  if (data === undefined) return null;
  const hasFunnel = data.approvedAt !== null && data.state !== "cancelled";
  return (
    <>
      <PageBar title={data.title} readAt={dataUpdatedAt}>
        <span className={styles["quiet"]}>{t("notice", { id: data.id })}</span>
        <Mark tone={STATE_TONES[data.state]}>{t(`state.${data.state}`)}</Mark>
        {data.emergency ? <Mark tone="bad">{t("emergency")}</Mark> : null}
      </PageBar>
      <NoticeActions notice={data} />
      <div className={styles["columns"]}>
        {hasFunnel ? <Funnel notice={data} /> : <NoticeFacts notice={data} />}
        <div>
          {hasFunnel ? <NoticeFacts notice={data} /> : null}
          {isAhead(data) && may("notice.preview") ? <Ahead notice={data} /> : null}
        </div>
      </div>
    </>
  );
};
