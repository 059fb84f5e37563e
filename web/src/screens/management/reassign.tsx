/** Bulk reassignment: whose cases, who would get them, move, the result of each, and back again while nobody has begun. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, ConfigProvider, Input, Select } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useEverybody } from "#web/furniture/use-everybody.ts";
import { whoText } from "#web/furniture/who.tsx";
import styles from "./management.module.css";
import { MovedRows, PreviewTable } from "./reassign-rows.tsx";
import { words } from "./words.ts";

const EMPTY = { from: "", to: "", reason: "" };
type Draft = typeof EMPTY;

const StaffChoice = ({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (login: string) => void;
}) => {
  const t = words.useWords();
  const { data, error } = useEverybody();
  const options = (data ?? []).map(({ login, displayName }) => ({
    value: login,
    label: `${displayName} ${login}`,
  }));
  return (
    <label>
      {label}
      <Select
        aria-label={label}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("chooseStaff")}
        value={value === "" ? null : value}
        options={options}
        onChange={(login: string | null | undefined) => onChange(login ?? "")}
      />
      <Problem error={error} />
    </label>
  );
};

/** The id of an order stands in the address: after a reload its cases can still be taken back. */
const useOrder = (draft: Draft) => {
  const { order } = useSearch({ from: "/inside/reassign" });
  const navigate = useNavigate({ from: "/reassign" });
  const [id, keepId] = useState(order === undefined ? undefined : String(order));
  const setId = (made: string | undefined): void => {
    if (made === id) return;
    keepId(made);
    void navigate({ search: made === undefined ? {} : { order: Number(made) }, replace: true });
  };
  const standing = api.useQuery(
    "get",
    "/routing/reassignments/{id}",
    { params: { path: { id: id ?? "0" } } },
    { enabled: id !== undefined },
  );
  // What was asked, beside what is typed: it stays when the answer has come.
  const intent = useIntent("reassign-asked", EMPTY);
  const [preview, setPreview] = useState<Answer<"post", "/routing/reassignments">["preview"]>();
  const move = api.useMutation("post", "/routing/reassignments/{id}/move", {
    onSuccess: () =>
      void forget("/routing/reassignments/{id}", "/routing/reassignments/{id}/rows", "/tickets"),
  });
  const undo = api.useMutation("post", "/routing/reassignments/{id}/undo", {
    onSuccess: () => void forget("/routing/reassignments/{id}/rows", "/tickets"),
  });
  const look = async (): Promise<void> => {
    move.reset();
    undo.reset();
    intent.change({ ...draft });
    const made = await intent.send((asked, key) =>
      call.POST("/routing/reassignments", {
        params: { header: { "Idempotency-Key": key } },
        body: { from: asked.from, to: asked.to === "" ? null : asked.to, reason: asked.reason.trim() },
      }),
    );
    if (made?.data === undefined) return;
    setPreview(made.data.preview);
    setId(made.data.id);
  };
  const forgetOrder = () => {
    setId(undefined);
    setPreview(undefined);
    move.reset();
    undo.reset();
  };
  return { id, standing, intent, preview, move, undo, look, forgetOrder };
};

export const Reassign = () => {
  const t = words.useWords();
  const { draft, keep, clear } = useDraft("reassign", EMPTY);
  const order = useOrder(draft);
  const { id, standing, intent, preview, move, undo } = order;
  const done = move.data ?? standing.data;
  const isMoved = done?.state === "moved" || done?.state === "moving";
  const change = (part: Partial<Draft>) => {
    keep(part);
    order.forgetOrder();
  };
  return (
    <>
      <PageBar title={t("reassign")} />
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void order.look();
        }}
      >
        <ConfigProvider componentDisabled={intent.isLocked}>
          <StaffChoice label={t("from")} value={draft.from} onChange={(from) => change({ from })} />
          <StaffChoice
            label={`${t("to")} · ${t("toHint")}`}
            value={draft.to}
            onChange={(to) => change({ to })}
          />
          <label>
            {t("reason")}
            <Input
              value={draft.reason}
              maxLength={500}
              onChange={({ target }) => change({ reason: target.value })}
            />
          </label>
        </ConfigProvider>
        <Button
          htmlType="submit"
          loading={intent.isSending}
          disabled={draft.from === "" || draft.reason.trim() === ""}
        >
          {t("preview")}
        </Button>
      </form>
      <IntentProblem intent={intent} again={() => void order.look()} />
      <Problem error={move.error ?? undo.error ?? standing.error} />
      {id === undefined || (preview === undefined && standing.data === undefined) ? (
        <Empty text={t("reassignEmpty")} />
      ) : (
        <>
          {preview === undefined ? (
            <p>
              {t("standingOrder", {
                from: whoText(standing.data?.from, standing.data?.fromName),
                to: whoText(standing.data?.to, standing.data?.toName) || t("roleList"),
                reason: standing.data?.reason ?? "",
              })}
            </p>
          ) : (
            <PreviewTable preview={preview} />
          )}
          <p>
            {isMoved ? (
              <>
                {t("moved", { count: done?.moved ?? 0 })}{" "}
                {undo.data === undefined ? null : t("undone", { count: undo.data.undone })}{" "}
                <Button loading={undo.isPending} onClick={() => undo.mutate({ params: { path: { id } } })}>
                  {t("undo")}
                </Button>{" "}
                <Button
                  onClick={() => {
                    clear();
                    order.forgetOrder();
                  }}
                >
                  {t("again")}
                </Button>
              </>
            ) : (
              <Button
                type="primary"
                loading={move.isPending}
                onClick={() => move.mutate({ params: { path: { id } } })}
              >
                {t("move")}
              </Button>
            )}
          </p>
          {isMoved ? <MovedRows id={id} /> : null}
        </>
      )}
    </>
  );
};
