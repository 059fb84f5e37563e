/** Reporting a fault or asking something, and how it stands. */
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import type { Body } from "#web/api/types.ts";
import { dateTime } from "#web/furniture/format.ts";
import { language } from "#web/words/words.ts";
import { attempt, Button, Card, Field, Page, Read, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { AddPhotos, FailedPhotos, PhotoField } from "./photos.tsx";
import { MOST_PHOTOS, usePhotos } from "./use-photos.ts";
import { words } from "./words-cases.ts";

type Category = Body<"post", "/me/homes/{homeId}/cases">["category"];
const CATEGORIES: readonly Category[] = [
  "heat.not-hot",
  "heat.partly",
  "fault.leak",
  "fault.radiator",
  "fault.inlet-valve",
  "valve.paid-not-open",
  "payment.amount",
  "business.correction",
  "enquiry.policy",
  "suggestion.suggestion",
];

type Draft = { category: Category; text: string; callBack: string };
const EMPTY: Draft = { category: "heat.not-hot", text: "", callBack: "" };

/** What became of it: on the screen and heard, also where the form is higher than the phone. */
const Done = ({ ticketNo }: { ticketNo: string }) => {
  const t = words.useWords();
  const said = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    said.current?.scrollIntoView({ block: "center" });
    said.current?.focus({ preventScroll: true });
  }, []);
  return (
    <p ref={said} tabIndex={-1} role="status" className={styles["done"]}>
      {t("done", { no: ticketNo })}
    </p>
  );
};

const Report = ({ homeId, isMember }: { homeId: string; isMember: boolean }) => {
  const t = words.useWords();
  // With its key in the tab: a lost answer, also before a reload, is asked for again and never a second case.
  const intent = useIntent<Draft>(`household-case-${homeId}`, EMPTY);
  const { content: draft, change, isLocked } = intent;
  const whatId = useId();
  const photos = usePhotos(MOST_PHOTOS);
  const [doneNo, setDoneNo] = useState<string>();
  const home = api.useQuery("get", "/me/homes/{homeId}", { params: { path: { homeId } } });
  const sendPhotos = async (ticketNo: string): Promise<void> => {
    if (await photos.send(homeId, ticketNo)) photos.clear();
    await forget("/me/homes/{homeId}/cases");
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setDoneNo(undefined);
    attempt(async () => {
      const made = await intent.send(({ category, text, callBack }, key) =>
        call.POST("/me/homes/{homeId}/cases", {
          params: { path: { homeId }, header: { "Idempotency-Key": key } },
          body: { category, text, ...(callBack.trim() === "" ? {} : { callBack }) },
        }),
      );
      if (made?.data === undefined) return;
      // The words are there; photos come after them, so that a slow line loses none of what was written.
      setDoneNo(made.data.ticketNo);
      await sendPhotos(made.data.ticketNo);
    });
  };
  return (
    <Card title={t("report")}>
      <form onSubmit={submit}>
        <p className={styles["field"]}>
          <label htmlFor={whatId}>{t("what")}</label>
          <select
            id={whatId}
            value={draft.category}
            disabled={isLocked}
            onChange={(event) => {
              const category = CATEGORIES.find((one) => one === event.target.value);
              if (category !== undefined) change({ category });
            }}
          >
            {CATEGORIES.map((category) => (
              <option key={category} value={category}>
                {t(category)}
              </option>
            ))}
          </select>
        </p>
        {draft.category === "fault.leak" ? (
          <p role="alert" className={styles["refusal"]}>
            {t("leak", { number: home.data?.hotline ?? "" })}
          </p>
        ) : null}
        <Field
          label={t("text")}
          hint={t("textHint")}
          long
          most={500}
          value={draft.text}
          onChange={(text) => change({ text })}
        />
        <Field
          label={t("callBack")}
          hint={isMember ? t("callBackHint") : t("callBackNeeded")}
          optional={isMember}
          mode="tel"
          complete="tel"
          value={draft.callBack}
          onChange={(callBack) => change({ callBack })}
        />
        <PhotoField photos={photos} />
        {intent.error === null ? null : <Refusal error={intent.error} />}
        <Button
          submit
          busy={intent.isSending}
          // Photos on their way, or that did not get through, are those of the case before.
          disabled={photos.photos.some(({ state }) => state !== "ready")}
        >
          {t(doneNo === undefined ? "send" : "sendAnother")}
        </Button>
      </form>
      {doneNo === undefined ? null : (
        <>
          <Done key={doneNo} ticketNo={doneNo} />
          <FailedPhotos photos={photos} again={() => void sendPhotos(doneNo)} />
        </>
      )}
    </Card>
  );
};

export const Cases = ({ homeId, isMember }: { homeId: string; isMember: boolean }) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/me/homes/{homeId}/cases", { params: { path: { homeId } } });
  return (
    <Page title={t("title")} back={`/homes/${homeId}`}>
      <Report homeId={homeId} isMember={isMember} />
      <Card title={t("mine")}>
        <Read query={query}>
          {({ items }) => (
            <>
              {items.length === 0 ? <p>{t("none")}</p> : null}
              <ul className={styles["list"]}>
                {items.map((one) => (
                  <li key={one.ticketNo}>
                    <p className={styles["row"]}>
                      <span>
                        <strong>{language() === "en" ? one.categoryNameEn : one.categoryName}</strong>
                        <small className={styles["quiet"]}>
                          {one.ticketNo} · {t("opened", { time: dateTime(one.openedAt) })}
                        </small>
                      </span>
                      <span>
                        {t(`state.${one.state}`)}
                        {one.closingClass === null ? "" : ` · ${t(`closing.${one.closingClass}`)}`}
                      </span>
                    </p>
                    {one.text === null ? null : <p>{one.text}</p>}
                    {one.photos === 0 ? null : (
                      <small className={styles["quiet"]}>{t("photoCount", { count: one.photos })}</small>
                    )}
                    {one.takesPhotos ? (
                      <AddPhotos
                        key={one.photos}
                        homeId={homeId}
                        ticketNo={one.ticketNo}
                        room={MOST_PHOTOS - one.photos}
                      />
                    ) : null}
                  </li>
                ))}
              </ul>
            </>
          )}
        </Read>
      </Card>
    </Page>
  );
};
