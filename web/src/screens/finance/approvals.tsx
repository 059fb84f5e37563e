/** Everything that waits for a second person. Nobody decides about the own request: that is taken back or waited for. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Input, type InputRef, Segmented, Tag } from "antd";
import { type KeyboardEvent, useRef, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { tellDone } from "#web/furniture/above.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { Who } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay, useSession } from "#web/api/session.ts";
import {
  type Approval,
  approvalAmount,
  afterText,
  foldedFacts,
  isDecidedThere,
  kindText,
  requestFacts,
  saidShort,
  subjectText,
} from "./approval-facts.tsx";
import { placeOf } from "./approval-place.ts";
import { NoticeAsked } from "./approval-notice.tsx";
import { DraftAsked } from "./import-doubts.tsx";
import { TemplateAsked } from "./approval-template.tsx";
import styles from "./finance.module.css";
import { useMarked } from "#web/furniture/use-marked.ts";
import { approvalWords } from "./words-approval.ts";
import { work } from "./words-work.ts";

const SHOWN = ["open", "mine", "approved"] as const;
type Show = (typeof SHOWN)[number];
const QUERIES = {
  open: { state: "open", mine: "others" },
  mine: { state: "open", mine: "true" },
  approved: { state: "approved", mine: "false" },
} as const;

const useDeciding = (row: Approval, decided: () => void) => {
  const t = work.useWords();
  const told = (said: "approved" | "refused" | "withdrawn"): void => {
    tellDone(`${t(said)}：${saidShort(row)}`);
    // Nothing is shown in its place by itself: whoever presses the key again has not read the next one.
    decided();
    void forget(
      "/approvals",
      "/bank-breaks",
      "/suspense",
      "/bank-drafts",
      "/bank-drafts/{id}",
      "/bill-runs",
      "/message-templates",
      "/message-template-versions",
      "/notices",
      "/notices/{id}",
    );
  };
  const decide = api.useMutation("post", "/approvals/{id}/decision", {
    onSuccess: ({ state }) => told(state === "refused" ? "refused" : "approved"),
  });
  const withdraw = api.useMutation("delete", "/approvals/{id}", { onSuccess: () => told("withdrawn") });
  const path = { params: { path: { id: row.id } } };
  return {
    say: (decision: "approved" | "refused", reason: string): void => {
      if (!decide.isPending) decide.mutate({ ...path, body: { decision, reason } });
    },
    takeBack: (): void => {
      if (!withdraw.isPending) withdraw.mutate(path);
    },
    isBusy: decide.isPending || withdraw.isPending,
    error: decide.error ?? withdraw.error,
  };
};

const Decision = ({ row, decided }: { row: Approval; decided: () => void }) => {
  const t = work.useWords();
  const may = useMay();
  const { login } = useSession();
  const [reason, setReason] = useState("");
  const [lacksReason, setLacks] = useState(false);
  const box = useRef<InputRef>(null);
  const { say, takeBack, isBusy, error } = useDeciding(row, decided);
  const isOwn = row.requestedBy === login;
  const canDecide = row.state === "requested" && !isOwn && may("approval.decide") && !isDecidedThere(row);
  const folded = foldedFacts(row);
  const approve = (): void => say("approved", reason.trim());
  const refuse = (): void => {
    if (reason.trim() !== "") return say("refused", reason.trim());
    setLacks(true);
    box.current?.focus();
  };
  useShortcut("a", t("approve"), approve, canDecide);
  useShortcut("r", t("refuse"), refuse, canDecide);
  return (
    <section className={`${styles["panel"]} ${styles["stack"]}`} aria-label={t("request")}>
      <h2>{kindText(row.kind)}</h2>
      <Facts
        rows={[
          [t("subject"), <PlaceLink key="place" row={row} />],
          ...requestFacts(row),
          [
            t("requestedBy"),
            <span key="asked">
              <Who login={row.requestedBy} name={row.requestedByName} /> {dateTime(row.requestedAt)}
            </span>,
          ],
          [
            t("decidedBy"),
            row.decidedBy === null ? null : (
              <span key="decided">
                <Who login={row.decidedBy} name={row.decidedByName} /> {dateTime(row.decidedAt)}
              </span>
            ),
          ],
        ]}
      />
      {row.kind === "template.words" ? <TemplateAsked request={row.request} /> : null}
      {row.kind === "bank-import" ? <DraftAsked id={row.subject.replace(/^bank-draft:/, "")} /> : null}
      {row.kind === "notice" ? <NoticeAsked id={row.subject.replace(/^notice:/, "")} /> : null}
      {folded.length === 0 ? null : (
        <details>
          <summary>{approvalWords.say("folded")}</summary>
          <Facts rows={folded} />
        </details>
      )}
      {isOwn && row.state === "requested" ? (
        <>
          <Alert type="info" showIcon title={t("own")} />
          <div>
            <Button loading={isBusy} onClick={takeBack}>
              {t("withdraw")}
            </Button>
          </div>
        </>
      ) : null}
      {isOwn || row.state !== "requested" ? null : (
        <p className={styles["quiet"]}>
          {isDecidedThere(row) ? approvalWords.say("decidedThere") : afterText(row)}
        </p>
      )}
      {canDecide ? (
        <>
          <label className={styles["field"]}>
            <span>{t("refuseReason")}</span>
            <Input
              ref={box}
              value={reason}
              maxLength={500}
              onChange={({ target }) => {
                setReason(target.value);
                setLacks(false);
              }}
            />
          </label>
          {lacksReason ? (
            <p role="alert" className={styles["bad"]}>
              {t("noReasonYet")}
            </p>
          ) : null}
          <div className={styles["row"]}>
            <Button type="primary" loading={isBusy} onClick={approve}>
              {t("approve")}
            </Button>
            <Button danger loading={isBusy} onClick={refuse}>
              {t("refuse")}
            </Button>
            <span className={styles["keys"]}>
              <kbd>a</kbd> {t("approve")} <kbd>r</kbd> {t("refuse")}
            </span>
          </div>
        </>
      ) : null}
      <Problem error={error} />
    </section>
  );
};

/** Who may look there, where it is not whoever reads the banks. */
const RIGHTS: Readonly<Record<string, string>> = {
  "/finance/bill-runs": "bill.run",
  "/finance/corrections/$accountNo": "payment.read",
  "/referrals/$id": "referral.read",
  "/notices/$noticeId": "notice.read",
  "/admin/templates": "message.settings",
};

const PlaceLink = ({ row }: { row: Approval }) => {
  const t = work.useWords();
  const may = useMay();
  const place = placeOf(row);
  const to = place !== undefined && may(RIGHTS[place.to] ?? "bank.read") ? place : undefined;
  return (
    <>
      {subjectText(row.subject)} {row.accountNo}{" "}
      {to === undefined ? null : <Link {...to}>{t("goThere")}</Link>}
    </>
  );
};

export const Approvals = () => {
  const t = work.useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/finance/approvals" });
  const show: Show = SHOWN.find((one) => one === search.show) ?? "open";
  const data = usePages(
    ["get", "/approvals", show],
    (cursor) =>
      call
        .GET("/approvals", {
          params: { query: { ...QUERIES[show], ...(cursor === undefined ? {} : { cursor }) } },
        })
        .then((answer) => answer.data),
    { refetchIntervalMs: 5000 },
  );
  const { row, isGone, mark, move, letGo } = useMarked(data.rows, ({ id }) => id, show);
  const isMovable = data.rows.length > (row === undefined ? 0 : 1);
  useShortcut("ArrowDown", t("keysHint"), () => move(1), isMovable);
  useShortcut("ArrowUp", t("keysHint"), () => move(-1), isMovable);
  const columns: ColumnsType<Approval> = [
    { title: t("kind"), render: (_, one) => kindText(one.kind) },
    {
      title: t("fen"),
      align: "right",
      render: (_, one) => {
        const fen = approvalAmount(one);
        return fen === undefined ? "" : yuan(fen);
      },
    },
    { title: t("toWhom"), dataIndex: "accountNo" },
    {
      title: t("requestedBy"),
      render: (_, one) => <Who login={one.requestedBy} name={one.requestedByName} />,
    },
    { title: t("requestedAt"), render: (_, one) => dateTime(one.requestedAt) },
    { title: t("state"), render: (_, one) => <Tag>{t(`state.${one.state}`)}</Tag> },
  ];
  return (
    <>
      <PageBar title={t("approvals")} readAt={data.readAt}>
        <Segmented<Show>
          aria-label={t("filterState")}
          value={show}
          onChange={(value) => void navigate({ to: "/finance/approvals", search: { show: value } })}
          options={[
            { value: "open", label: t("forMe") },
            { value: "mine", label: t("mine") },
            { value: "approved", label: t("decided") },
          ]}
        />
        <SavedFilters />
      </PageBar>
      <div className={styles["work"]}>
        <DataTable
          data={data}
          rowKey={({ id }) => id}
          columns={columns}
          label={t("approvals")}
          empty={t("noApprovals")}
          picked={row?.id}
          onRow={(one) => ({
            tabIndex: 0,
            onClick: () => mark(one.id),
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
              if (event.key === "Enter" && event.target === event.currentTarget) mark(one.id);
            },
          })}
        />
        {isGone ? <Alert type="info" showIcon role="status" title={t("gone")} /> : null}
        {row === undefined && !isGone && data.rows.length > 0 ? (
          <Alert type="info" showIcon role="status" title={approvalWords.say("chooseNext")} />
        ) : null}
        {row === undefined ? null : <Decision key={row.id} row={row} decided={letGo} />}
      </div>
    </>
  );
};
