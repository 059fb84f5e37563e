/** The agent's desk: a tab for each call that is not written down yet, and everything that the talk needs beside it. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { api } from "#web/api/client.ts";
import { useLive } from "#web/api/use-live.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { phoneText } from "#web/furniture/format.ts";
import { later } from "#web/furniture/later.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { minutesAndSeconds, useNow } from "#web/furniture/use-now.ts";
import { useCodes } from "#web/words/codes.ts";
import { useMay } from "#web/api/session.ts";
import { StandingIncidents } from "../incidents/standing-incidents.tsx";
import { caseWords } from "../words-case.ts";
import { deskWords } from "../words-desk.ts";
import styles from "./desk.module.css";
import { type Call, useDesk } from "./use-desk.ts";

// The forms are not part of the first page, and are there before the first call.
const CallDesk = later(async () => (await import("./call-desk.tsx")).CallDesk);

/** Somebody writes: what they see is not taken away. */
const isWriting = (): boolean => {
  const at = document.activeElement;
  return (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) && at.value !== "";
};

const Tab = ({ call, isCurrent }: { call: Call; isCurrent: boolean }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const now = useNow();
  const time = minutesAndSeconds((now - Date.parse(call.beganAt)) / 1000);
  return (
    <Link
      to="/desk"
      search={{ call: Number(call.id) }}
      className={isCurrent ? `${styles["tab"]} ${styles["current"]}` : styles["tab"]}
      aria-current={isCurrent ? "page" : undefined}
    >
      {call.number === null ? t("withheld") : phoneText(call.number)}{" "}
      {call.finishedAt === null ? t("callState", { state: word("call", call.state), time }) : t("callOver")}
    </Link>
  );
};

const CurrentCall = ({ id }: { id: string }) => {
  const { data, error, refetch } = api.useQuery("get", "/hotline/calls/{id}", { params: { path: { id } } });
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  return <CallDesk key={id} call={data} />;
};

const NoCall = ({ isSignedIn }: { isSignedIn: boolean }) => {
  const t = deskWords.useWords();
  const c = caseWords.useWords();
  const may = useMay();
  const navigate = useNavigate();
  // Without a call, and whether or not somebody sits at a telephone: a visitor, a slip.
  useShortcut("n", c("new"), () => void navigate({ to: "/tickets/new" }), may("ticket.write"));
  return (
    <Empty
      text={`${isSignedIn ? "" : t("notSignedIn")} ${t("noCall")}`}
      action={
        <Link to="/tickets/new">
          <Button>{c("new")} (n)</Button>
        </Link>
      }
    />
  );
};

/**
 * The call on the screen was worked on here, is over and is written down. Of a call that rings at that very moment the desk may hear
 * before it knows this; a call of the log that somebody reads again is another thing.
 */
const useIsDone = (id: string | undefined, isAtWork: boolean): boolean => {
  const [worked, setWorked] = useState<string>();
  if (isAtWork && worked !== id) setWorked(id);
  const { data } = api.useQuery(
    "get",
    "/hotline/calls/{id}",
    { params: { path: { id: id ?? "" } } },
    { enabled: id !== undefined },
  );
  return worked === id && data !== undefined && data.wrapUp !== null && data.finishedAt !== null;
};

export const DeskPage = () => {
  const t = deskWords.useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/desk" });
  const shown = search.call === undefined ? undefined : String(search.call);
  const { session, calls, error } = useDesk();
  const may = useMay();
  const open = (id: string): void => void navigate({ to: "/desk", search: { call: Number(id) } });
  const isShownAtWork = calls.some(({ id }) => id === shown);
  useLive(["hotline.pop"], (event) => {
    const id = event.ids["callId"];
    if (typeof id !== "string" || id === shown) return;
    // A call that is not written down keeps its place; the new one waits in its tab.
    if (!isShownAtWork && !isWriting()) open(id);
  });
  const isDone = useIsDone(shown, isShownAtWork);
  const live = session?.liveCallId ?? undefined;
  const next = shown === undefined ? (live ?? calls[0]?.id) : isDone ? live : undefined;
  useEffect(() => {
    if (next !== undefined && next !== shown && !isWriting()) open(next);
    // Only when a call comes, the one before it is done, or the page is opened.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [next, shown === undefined]);
  return (
    <>
      <PageBar title={t("title")}>
        <nav aria-label={t("calls")} className={styles["tabs"]}>
          {calls.map((call) => (
            <Tab key={call.id} call={call} isCurrent={call.id === shown} />
          ))}
        </nav>
      </PageBar>
      <Problem error={error} />
      {may("incident.read") ? <StandingIncidents /> : null}
      {shown === undefined ? <NoCall isSignedIn={session !== null} /> : <CurrentCall id={shown} />}
    </>
  );
};
