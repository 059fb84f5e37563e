/** Bulk reassignment: whose cases, who would get them, move, the result of each, and back again while nobody has begun. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { Empty } from "#web/furniture/empty.tsx";
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
  const { key, renew } = useRequestKey();
  const preview = api.useMutation("post", "/routing/reassignments", {
    onSuccess: (made) => {
      setId(made.id);
      renew();
    },
  });
  const move = api.useMutation("post", "/routing/reassignments/{id}/move", {
    onSuccess: () =>
      void forget("/routing/reassignments/{id}", "/routing/reassignments/{id}/rows", "/tickets"),
  });
  const undo = api.useMutation("post", "/routing/reassignments/{id}/undo", {
    onSuccess: () => void forget("/routing/reassignments/{id}/rows", "/tickets"),
  });
  const look = () => {
    move.reset();
    undo.reset();
    preview.mutate({
      params: { header: { "Idempotency-Key": key() } },
      body: { from: draft.from, to: draft.to === "" ? null : draft.to, reason: draft.reason.trim() },
    });
  };
  const forgetOrder = () => {
    setId(undefined);
    preview.reset();
    move.reset();
    undo.reset();
  };
  return { id, standing, preview, move, undo, look, forgetOrder };
};

export const Reassign = () => {
  const t = words.useWords();
  const { draft, keep, clear } = useDraft("reassign", EMPTY);
  const order = useOrder(draft);
  const { id, standing, preview, move, undo } = order;
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
          order.look();
        }}
      >
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
        <Button
          htmlType="submit"
          loading={preview.isPending}
          disabled={draft.from === "" || draft.reason.trim() === ""}
        >
          {t("preview")}
        </Button>
      </form>
      <Problem error={preview.error ?? move.error ?? undo.error ?? standing.error} />
      {id === undefined || (preview.data === undefined && standing.data === undefined) ? (
        <Empty text={t("reassignEmpty")} />
      ) : (
        <>
          {preview.data === undefined ? (
            <p>
              {t("standingOrder", {
                from: whoText(standing.data?.from, standing.data?.fromName),
                to: whoText(standing.data?.to, standing.data?.toName) || t("roleList"),
                reason: standing.data?.reason ?? "",
              })}
            </p>
          ) : (
            <PreviewTable preview={preview.data.preview} />
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
