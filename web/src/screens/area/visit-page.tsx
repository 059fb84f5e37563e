/** A work order at the door: its result with a witness, nobody at home, or to be continued. Works without signal. */
import { useParams } from "@tanstack/react-router";
import { Spin } from "antd";
import type { FormEvent } from "react";
import { houseNow } from "#web/api/house-time.ts";
import { putOut } from "#web/api/offline/outbox.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, timeOf } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./area.module.css";
import { NotHere } from "./case-page.tsx";
import { DoingMark, LineState } from "./line-state.tsx";
import { CallButton, NavigateLink } from "./reach.tsx";
import { type DayVisit, doingOf, useDay, usePhone } from "./use-day.ts";
import { VisitPhotos } from "./visit-photos.tsx";
import { day } from "./words-day.ts";
import { outcomes } from "#web/words/outcomes.ts";
import { work } from "./words-work.ts";

const LEFT = ["not-home", "follow-up"] as const;
const RESULTS = ["repaired", "no-fault", "not-ours", "measured"] as const;
type Outcome = (typeof LEFT)[number] | (typeof RESULTS)[number];

/** What an order of this kind can end with; the server holds it to the same. */
const outcomesOf = (kind: string): readonly Outcome[] =>
  kind === "temperature" ? ["measured", ...LEFT] : ["repaired", "no-fault", "not-ours", ...LEFT];

const isLeft = (outcome: Outcome): boolean => (LEFT as readonly string[]).includes(outcome);

const VisitForm = ({ one }: { one: DayVisit }) => {
  const t = work.useWords();
  const say = outcomes.useWords();
  const possible = outcomesOf(one.kind);
  const first = possible[0] ?? "not-home";
  const { draft, keep, clear } = useDraft<{ outcome: Outcome; note: string; witness: string }>(
    `order-${one.id}-${one.version}`,
    { outcome: first, note: "", witness: "" },
  );
  const needsWitness = !isLeft(draft.outcome);
  const isReady = !needsWitness || draft.witness.trim() !== "";
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!isReady) return;
    const madeAt = new Date(houseNow()).toISOString();
    const kept = await putOut({
      kind: "visit",
      about: `order:${one.id}:${one.version}`,
      label: t("visitLabel", { no: one.orderNo }),
      path: `/work-orders/${one.id}/visits`,
      madeAt,
      body: {
        version: one.version,
        outcome: draft.outcome,
        madeAt,
        ...(draft.note.trim() === "" ? {} : { note: draft.note.trim() }),
        ...(needsWitness ? { witness: draft.witness.trim() } : {}),
      },
    });
    if (kept === undefined) return;
    clear();
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => void save(event)} aria-label={t("visit")}>
      <div className={styles["tabs"]} role="group" aria-label={t("outcome")}>
        {possible.map((outcome) => (
          <button
            key={outcome}
            type="button"
            aria-pressed={draft.outcome === outcome}
            onClick={() => keep({ outcome })}
          >
            {say(outcome)}
          </button>
        ))}
      </div>
      {needsWitness ? (
        <label>
          {t("witness")}
          <input
            value={draft.witness}
            maxLength={60}
            required
            placeholder={t("witnessHint")}
            onChange={(event) => keep({ witness: event.target.value })}
          />
        </label>
      ) : null}
      <label>
        {t("note")}
        <textarea
          value={draft.note}
          maxLength={500}
          onChange={(event) => keep({ note: event.target.value })}
        />
      </label>
      <button type="submit" disabled={!isReady}>
        {t("saveVisit")}
      </button>
    </form>
  );
};

export const VisitPage = () => {
  const { id } = useParams({ from: "/inside/my/visits/$id" });
  const t = day.useWords();
  const w = work.useWords();
  const code = useCodes();
  const outbox = usePhone();
  const read = useDay();
  const one = read.data?.value.visits.find((known) => known.id === id);
  const building = read.data?.value.buildings.find((known) => known.id === one?.buildingId);
  const doing = one === undefined ? undefined : doingOf(outbox, `order:${one.id}:${one.version}`);
  return (
    <>
      <PageBar
        title={one === undefined ? t("visits") : `${code("order", one.kind)} ${one.orderNo}`}
        readAt={read.data?.at}
      />
      <LineState outbox={outbox} kept={read.data} />
      <Problem error={read.error} again={() => void read.refetch()} />
      {read.data === undefined && read.error === null ? <Spin /> : null}
      {read.data !== undefined && one === undefined ? <NotHere /> : null}
      {one === undefined ? null : (
        <>
          <div className={styles["card"]}>
            <Facts
              rows={[
                [w("address"), one.address],
                [w("summary"), one.summary],
                [w("outcome"), code("order-state", one.state)],
                [
                  t("visits"),
                  one.slotFrom === null
                    ? t("noWindow")
                    : t("window", {
                        from: dateTime(one.slotFrom),
                        until: timeOf(one.slotUntil ?? one.slotFrom),
                      }),
                ],
              ]}
            />
            <div className={styles["actions"]}>
              <NavigateLink building={building} />
              <CallButton about={{ orderId: one.id }} />
            </div>
          </div>
          <section className={styles["card"]}>
            <h2>
              {w("visit")} <DoingMark doing={doing} />
            </h2>
            {doing !== undefined ? <p>{doing.label}</p> : outbox.isRead ? <VisitForm one={one} /> : <Spin />}
            <VisitPhotos
              subject={{
                about: `order:${one.id}`,
                no: one.orderNo,
                path: `/work-orders/${one.id}/photos`,
              }}
              outbox={outbox}
            />
          </section>
        </>
      )}
    </>
  );
};
