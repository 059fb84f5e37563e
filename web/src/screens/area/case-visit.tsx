/** The visit to a case: what was seen and done, and what that makes of the case. Works without signal. */
import type { FormEvent } from "react";
import { houseNow } from "#web/api/house-time.ts";
import { type OutboxState, putOut } from "#web/api/offline/outbox.ts";
import { degreesOf, tenthsOf } from "#web/furniture/temperatures.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./area.module.css";
import { DoingMark } from "./line-state.tsx";
import { type DayCase, doingOf } from "./use-day.ts";
import { VisitPhotos } from "./visit-photos.tsx";
import { outcomes } from "#web/words/outcomes.ts";
import { work } from "./words-work.ts";

/** What the server takes as the temperature of a room, in tenths. */
const LOWEST = 50;
const HIGHEST = 400;

/** "17.5" in tenths; null when it is no temperature of a room, undefined when nothing was typed. */
const roomTenths = (typed: string): number | null | undefined => {
  if (typed.trim() === "") return undefined;
  const tenths = tenthsOf(typed);
  return tenths !== undefined && tenths >= LOWEST && tenths <= HIGHEST ? tenths : null;
};

const VisitForm = ({ one }: { one: DayCase }) => {
  const t = work.useWords();
  const o = outcomes.useWords();
  const { draft, keep, clear } = useDraft(`visit-${one.ticketNo}`, {
    text: "",
    temperature: "",
    again: false,
  });
  const tenths = roomTenths(draft.temperature);
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (draft.text.trim() === "" || tenths === null) return;
    const madeAt = new Date(houseNow()).toISOString();
    const measured = tenths === undefined ? "" : ` ${degreesOf(tenths)}℃`;
    const kept = await putOut({
      kind: "entry",
      about: `ticket:${one.ticketNo}`,
      label: t("visitLabelWith", {
        no: one.ticketNo,
        outcome: t(draft.again ? "toBeContinued" : "finished"),
      }),
      path: `/tickets/${one.ticketNo}/entries`,
      madeAt,
      body: {
        kind: "visit",
        text: draft.text.trim() + measured,
        finished: !draft.again,
        follow: true,
        madeAt,
        ...(tenths === undefined ? {} : { deciCelsius: tenths }),
      },
    });
    if (kept === undefined) return;
    clear();
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => void save(event)} aria-label={t("visit")}>
      <label>
        {t("visitText")}
        <textarea
          value={draft.text}
          maxLength={1900}
          required
          onChange={(event) => keep({ text: event.target.value })}
        />
      </label>
      <label>
        {t("temperature")}
        <input
          value={draft.temperature}
          inputMode="decimal"
          aria-invalid={tenths === null}
          onChange={(event) => keep({ temperature: event.target.value })}
        />
      </label>
      {tenths === null ? <span className={styles["bad"]}>{t("temperatureWrong")}</span> : null}
      <div className={styles["tabs"]} role="group" aria-label={t("outcome")}>
        <button type="button" aria-pressed={!draft.again} onClick={() => keep({ again: false })}>
          {t("finished")}
        </button>
        <button type="button" aria-pressed={draft.again} onClick={() => keep({ again: true })}>
          {t("toBeContinued")}
        </button>
      </div>
      <p className={styles["quiet"]}>{o(draft.again ? "willWork" : "willResolve")}</p>
      <button type="submit" disabled={draft.text.trim() === "" || tenths === null}>
        {t("saveVisit")}
      </button>
    </form>
  );
};

/** What the last visit that arrived left as it was, and why. */
const Stays = ({ about, outbox }: { about: string; outbox: OutboxState }) => {
  const o = outcomes.useWords();
  const code = useCodes();
  const answer = outbox.sent.find((one) => one.about === about && one.kind === "entry")?.answer;
  const { stays, state } = (answer ?? {}) as { readonly stays?: unknown; readonly state?: unknown };
  if ((stays !== "anothers" && stays !== "state") || typeof state !== "string") return null;
  return (
    <p role="status" className={styles["bad"]}>
      {o(`stays.${stays}`, { state: code("ticket", state) })}
    </p>
  );
};

export const CaseVisit = ({ one, outbox }: { one: DayCase; outbox: OutboxState }) => {
  const w = work.useWords();
  const about = `ticket:${one.ticketNo}`;
  const doing = doingOf(outbox, about);
  return (
    <section className={styles["card"]}>
      <h2>
        {w("visit")} <DoingMark doing={doing} />
      </h2>
      {doing === undefined ? null : <p className={styles["quiet"]}>{doing.label}</p>}
      <Stays about={about} outbox={outbox} />
      <VisitForm one={one} />
      <VisitPhotos
        subject={{ about, no: one.ticketNo, path: `/tickets/${one.ticketNo}/attachments` }}
        outbox={outbox}
      />
    </section>
  );
};
