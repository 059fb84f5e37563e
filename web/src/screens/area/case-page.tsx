/** A case at the door: where it is, whom to call, the visit written down, what is wrong in it put right. Works without signal. */
import { Link, useParams } from "@tanstack/react-router";
import { Spin } from "antd";
import { type FormEvent, useState } from "react";
import { type OutboxState, putOut } from "#web/api/offline/outbox.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { houseNow } from "#web/api/house-time.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { SEVERITIES } from "#web/words/severities.ts";
import { saidIn } from "#web/words/said-in.ts";
import styles from "./area.module.css";
import { CaseVisit } from "./case-visit.tsx";
import { CloseCase } from "./close-case.tsx";
import { Deadline } from "./day-parts.tsx";
import { LineState } from "./line-state.tsx";
import { CallButton, NavigateLink } from "./reach.tsx";
import { type DayCase, useDay, usePhone } from "./use-day.ts";
import { day } from "./words-day.ts";
import { work } from "./words-work.ts";

const FieldsForm = ({ one }: { one: DayCase }) => {
  const t = work.useWords();
  const code = useCodes();
  const read = { summary: one.summary, addressText: one.addressText ?? "", severity: one.severity };
  const { draft, keep, clear } = useDraft(`fields-${one.ticketNo}-${one.version}`, read);
  const changes = (["summary", "addressText", "severity"] as const)
    .filter((field) => draft[field].trim() !== "" && draft[field] !== read[field])
    .map((field) => ({ field, was: one[field], now: draft[field].trim() }));
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const madeAt = new Date(houseNow()).toISOString();
    const kept = await putOut({
      kind: "fields",
      about: `ticket:${one.ticketNo}`,
      label: t("fieldsLabel", { no: one.ticketNo }),
      path: `/tickets/${one.ticketNo}/field-changes`,
      madeAt,
      body: { madeAt, changes },
    });
    if (kept === undefined) return;
    clear();
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => void save(event)} aria-label={t("correct")}>
      <p className={styles["quiet"]}>{t("conflictHint")}</p>
      <label>
        {t("summary")}
        <textarea
          value={draft.summary}
          maxLength={2000}
          onChange={(event) => keep({ summary: event.target.value })}
        />
      </label>
      <label>
        {t("address")}
        <input
          value={draft.addressText}
          maxLength={200}
          onChange={(event) => keep({ addressText: event.target.value })}
        />
      </label>
      <label>
        {t("severity")}
        <select value={draft.severity} onChange={(event) => keep({ severity: event.target.value })}>
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {code("severity", severity)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={changes.length === 0}>
        {t("saveFields")}
      </button>
    </form>
  );
};

export const NotHere = () => {
  const t = day.useWords();
  return (
    <Empty
      text={`${t("notHere")}. ${t("notHereRemedy")}`}
      action={
        <Link to="/my" className={styles["touch"]}>
          {t("back")}
        </Link>
      }
    />
  );
};

const Shown = ({ one, outbox }: { one: DayCase; outbox: OutboxState }) => {
  const t = day.useWords();
  const w = work.useWords();
  const code = useCodes();
  const read = useDay();
  const [isCorrecting, setCorrecting] = useState(false);
  const building = read.data?.value.buildings.find(({ id }) => id === one.buildingId);
  return (
    <>
      <div className={styles["card"]}>
        <Facts
          rows={[
            [w("address"), one.address ?? t("noPlace")],
            [w("summary"), saidIn(one)],
            [w("severity"), code("severity", one.severity)],
            [t("cases"), `${one.ticketNo} ${code("ticket", one.state)}`],
            [t("deadline"), <Deadline key="due" dueAt={one.dueAt} waits={one.waits} />],
            [t("opened"), dateTime(one.openedAt)],
          ]}
        />
        <div className={styles["actions"]}>
          <NavigateLink building={building} />
          {one.hasNumber ? <CallButton about={{ ticketNo: one.ticketNo }} /> : null}
          <Link to="/tickets/$ticketNo" params={{ ticketNo: one.ticketNo }}>
            {t("fullCase")}
          </Link>
          {one.accountNo === null ? null : (
            <Link to="/households/$accountNo" params={{ accountNo: one.accountNo }}>
              {t("household")}
            </Link>
          )}
          <button type="button" aria-expanded={isCorrecting} onClick={() => setCorrecting(!isCorrecting)}>
            {w("correct")}
          </button>
        </div>
      </div>
      <CaseVisit one={one} outbox={outbox} />
      <CloseCase key={one.version} one={one} />
      {isCorrecting ? (
        <section className={styles["card"]}>
          <h2>{w("correct")}</h2>
          <FieldsForm key={one.version} one={one} />
        </section>
      ) : null}
    </>
  );
};

export const CasePage = () => {
  const { ticketNo } = useParams({ from: "/inside/my/cases/$ticketNo" });
  const outbox = usePhone();
  const read = useDay();
  const one = read.data?.value.cases.find((known) => known.ticketNo === ticketNo);
  const name = one === undefined ? "" : language() === "en" ? one.categoryNameEn : one.categoryName;
  return (
    <>
      <PageBar title={`${name} ${ticketNo}`} readAt={read.data?.at} />
      <LineState outbox={outbox} kept={read.data} />
      <Problem error={read.error} again={() => void read.refetch()} />
      {read.data === undefined && read.error === null ? <Spin /> : null}
      {one === undefined ? read.data === undefined ? null : <NotHere /> : <Shown one={one} outbox={outbox} />}
    </>
  );
};
