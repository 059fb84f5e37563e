/** The missed-call list: what is due first, taken one by one, dialled unseen, each attempt counted. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Checkbox, Dropdown, Select } from "antd";
import { useEffect, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Body, Item } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useNow } from "#web/furniture/use-now.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { callWords } from "../words-calls.ts";
import { CALL_BACK_STATES, callFilterOf } from "./call-filter.ts";
import styles from "./calls.module.css";

type CallBack = Item<"/hotline/call-backs">;
type Result = Body<"post", "/hotline/call-backs/{id}/attempts">["result"];
type Reason = Body<"post", "/hotline/call-backs/{id}/give-up">["reason"];
const RESULTS: readonly Result[] = ["reached", "no-answer", "busy", "wrong-number", "refused"];
const REASONS: readonly Reason[] = ["attempts-exhausted", "wrong-number", "refused", "duplicate"];

const again = (): void => void forget("/hotline/call-backs", "/hotline/board");

/** A key without a button of its own: it chooses from a menu of the row in hand. */
const Key = ({ keys, label, act }: { keys: string; label: string; act: () => void }) => {
  useShortcut(keys, label, act);
  return null;
};

const Work = ({ row, isPicked }: { row: CallBack; isPicked: boolean }) => {
  const t = callWords.useWords();
  const word = useCodes();
  const intent = useIntent<{ result: Result | null }>(`call-back-${row.id}`, { result: null });
  const dial = api.useMutation("post", "/hotline/dial");
  const giveUp = api.useMutation("post", "/hotline/call-backs/{id}/give-up");
  const path = { id: row.id };
  const send = async (): Promise<void> => {
    const counted = await intent.send(({ result }, key) =>
      call.POST("/hotline/call-backs/{id}/attempts", {
        params: { path, header: { "Idempotency-Key": key } },
        body: { result: result ?? "reached", note: "" },
      }),
    );
    if (counted !== undefined) again();
  };
  const count = (result: Result): void => {
    // One without an answer stands as it was, and is asked for again by its own button.
    if (intent.change({ result })) void send();
  };
  const drop = (reason: Reason): void =>
    giveUp.mutate(
      { params: { path, header: { "If-Match": `"${row.version}"` } }, body: { reason } },
      { onSuccess: again },
    );
  const ring = (): void => {
    if (!dial.isPending) dial.mutate({ body: { callBackId: row.id } });
  };
  const isBusy = intent.isLocked || giveUp.isPending;
  return (
    <span className={styles["work"]}>
      {isPicked && !isBusy ? (
        <>
          <Key keys="d" label={t("dial")} act={ring} />
          {RESULTS.map((result, index) => (
            <Key
              key={result}
              keys={`r ${index + 1}`}
              label={word("attempt", result)}
              act={() => count(result)}
            />
          ))}
          {REASONS.map((reason, index) => (
            <Key
              key={reason}
              keys={`x ${index + 1}`}
              label={`${t("giveUp")} ${word("give-up", reason)}`}
              act={() => drop(reason)}
            />
          ))}
        </>
      ) : null}
      <Button size="small" loading={dial.isPending} onClick={ring}>
        {t(dial.data === undefined ? "dial" : "dialed")}
        {isPicked ? " (d)" : ""}
      </Button>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: RESULTS.map((result, index) => ({
            key: result,
            label: `${word("attempt", result)} (r ${index + 1})`,
            onClick: () => count(result),
          })),
        }}
      >
        <Button size="small" loading={intent.isSending} disabled={intent.isLocked} aria-haspopup="menu">
          {t("result")}
        </Button>
      </Dropdown>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: REASONS.map((reason, index) => ({
            key: reason,
            label: `${word("give-up", reason)} (x ${index + 1})`,
            onClick: () => drop(reason),
          })),
        }}
      >
        <Button size="small" type="text" loading={giveUp.isPending} aria-haspopup="menu">
          {t("giveUp")}
        </Button>
      </Dropdown>
      <Problem error={dial.error ?? giveUp.error} />
      <IntentProblem intent={intent} again={() => void send()} />
    </span>
  );
};

const useColumns = (isOpen: boolean, picked: string | undefined): ColumnsType<CallBack> => {
  const t = callWords.useWords();
  const word = useCodes();
  const may = useMay();
  const now = useNow(30_000);
  return [
    {
      title: t("number"),
      width: 200,
      render: (_, row) =>
        `${row.number ?? ""}${row.calls > 1 ? ` · ${t("calls", { count: row.calls })}` : ""}`,
    },
    {
      title: t("household"),
      width: 130,
      render: (_, row) =>
        row.accountNo === null ? null : (
          <Link to="/households/$accountNo" params={{ accountNo: row.accountNo }}>
            {row.accountNo}
          </Link>
        ),
    },
    { title: t("origin"), width: 110, render: (_, row) => word("origin", row.origin) },
    { title: t("opened"), width: 110, render: (_, row) => dateTime(row.openedAt).slice(5) },
    {
      title: t("due"),
      width: 130,
      render: (_, row) =>
        row.dueAt === null ? null : (
          <span className={Date.parse(row.dueAt) < now && isOpen ? styles["late"] : ""}>
            {remaining(row.dueAt, now)}
          </span>
        ),
    },
    { title: t("attempts"), width: 70, dataIndex: "attempts" },
    { title: t("owner"), width: 130, render: (_, row) => row.owner ?? word("role", row.ownerRole) },
    isOpen
      ? {
          title: t("result"),
          render: (_, row) => (may("hotline.work") ? <Work row={row} isPicked={row.id === picked} /> : null),
        }
      : { title: t("state"), render: (_, row) => `${word("call-back", row.state)} ${row.closedBy ?? ""}` },
  ];
};

/** The one in hand: taken by `n`, or chosen by the arrows; after one is done the next takes its place. */
const usePicked = (rows: readonly CallBack[], taken: string | undefined) => {
  const t = callWords.useWords();
  const [place, setPlace] = useState(0);
  useEffect(() => {
    const at = rows.findIndex(({ id }) => id === taken);
    if (at >= 0) setPlace(at);
    // When another one is taken; where it stands may change later.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [taken]);
  const at = Math.max(0, Math.min(place, rows.length - 1));
  useShortcut("ArrowDown", t("keysMove"), () => setPlace(Math.min(at + 1, rows.length - 1)));
  useShortcut("ArrowUp", t("keysMove"), () => setPlace(Math.max(at - 1, 0)));
  return rows[at]?.id;
};

export const CallBacks = () => {
  const t = callWords.useWords();
  const word = useCodes();
  const may = useMay();
  const navigate = useNavigate();
  const { state = "open", owner } = useSearch({ from: "/inside/calls" });
  const mine = owner === "me";
  const change = (part: Record<string, unknown>): void =>
    void navigate({ to: "/calls", search: callFilterOf({ state, owner, ...part }), replace: true });
  const take = api.useMutation("post", "/hotline/call-backs/next");
  useLive(["hotline.call-back"], again);
  const next = (): void => {
    if (!take.isPending) take.mutate({}, { onSuccess: again });
  };
  useShortcut("n", t("next"), next, may("hotline.work"));
  const data = usePages(["get", "/hotline/call-backs", state, mine], (cursor) =>
    call
      .GET("/hotline/call-backs", {
        params: {
          query: {
            state,
            ...(mine ? { owner: "me" as const } : {}),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      })
      .then((answer) => answer.data),
  );
  const isOpen = state === "open";
  const picked = usePicked(data.rows, take.data?.id ?? undefined);
  return (
    <>
      <div className={styles["filters"]}>
        <Select
          aria-label={t("state")}
          value={state}
          onChange={(code) => change({ state: code })}
          options={CALL_BACK_STATES.map((code) => ({ value: code, label: word("call-back", code) }))}
          popupMatchSelectWidth={false}
        />
        <Checkbox
          checked={mine}
          onChange={(event) => change({ owner: event.target.checked ? "me" : undefined })}
        >
          {t("mine")}
        </Checkbox>
        {may("hotline.work") ? (
          <Button type="primary" loading={take.isPending} onClick={next}>
            {t("next")} (n)
          </Button>
        ) : null}
        {take.data?.id === null ? <span role="status">{t("nothingDue")}</span> : null}
      </div>
      <Problem error={take.error} />
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={useColumns(isOpen, picked)}
        picked={isOpen ? picked : undefined}
        empty={t("empty")}
        label={t("callBacks")}
      />
    </>
  );
};
