/** In the frame of whoever works at the hotline: the own telephone, ready or on a break, and a call that has not been looked at. */
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { phoneText, yuan } from "#web/furniture/format.ts";
import { DropMenu } from "#web/furniture/drop-menu.tsx";
import { laterDialog } from "#web/furniture/later.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { minutesAndSeconds, useNow } from "#web/furniture/use-now.ts";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { deskWords } from "../words-desk.ts";
import styles from "./desk.module.css";
import { giveKeysTo } from "./keys-for.ts";
import { type AgentSession, type Call, useDesk } from "./use-desk.ts";

// Opened once a day.
const loadDialogs = () => import("./agent-dialogs.tsx");
const SignInAtTelephone = laterDialog(async () => (await loadDialogs()).SignInAtTelephone);
const Refused = laterDialog(async () => (await loadDialogs()).Refused);

const BREAKS = ["rest", "meal", "call-backs", "training", "meeting", "other"] as const;
type State = { readonly state: "available" | "break"; readonly reason?: (typeof BREAKS)[number] };

const Telephone = ({ session }: { session: AgentSession }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const now = useNow();
  const change = api.useMutation("post", "/hotline/session/state");
  const end = api.useMutation("post", "/hotline/session/end");
  const again = { onSettled: () => void forget("/hotline/session", "/hotline/board") };
  const set = (body: State): void => change.mutate({ body }, again);
  const isReady = session.state === "available";
  useShortcut("F8", t("toggleReady"), () =>
    set(isReady ? { state: "break", reason: "rest" } : { state: "available" }),
  );
  // In a talk until it ends, also when it is written down already; the hours are those of what is said.
  const { talkingSince } = session;
  const state = session.liveCallId === null && talkingSince === null ? session.state : "busy";
  const seconds = (now - Date.parse(talkingSince ?? session.since)) / 1000;
  const error = change.error ?? end.error;
  return (
    <>
      <DropMenu
        className={`${styles["telephone"]} ${styles[state]}`}
        items={[
          { key: "ready", label: `${t("ready")} (F8)`, act: () => set({ state: "available" }) },
          { key: "pause", heading: t("pause") },
          ...BREAKS.map((reason) => ({
            key: reason,
            label: word("break", reason),
            act: () => set({ state: "break", reason }),
          })),
          { key: "line", line: true },
          { key: "out", label: t("signOut"), act: () => end.mutate({}, again) },
        ]}
      >
        {session.extension} {word("agent", state)}
        {state === "break" ? ` ${word("break", session.reason)}` : ""} {minutesAndSeconds(seconds)}
      </DropMenu>
      {error === null ? null : <Refused error={error} close={() => (change.reset(), end.reset())} />}
    </>
  );
};

/** Says who calls without taking the place of what stands on the screen. */
const Incoming = ({ call }: { call: Call }) => {
  const t = deskWords.useWords();
  const navigate = useNavigate();
  const { data } = api.useQuery("get", "/hotline/calls/{id}/pop", { params: { path: { id: call.id } } });
  const household = data?.household ?? null;
  const open = (): void => {
    giveKeysTo(call.id);
    void navigate({ to: "/desk", search: { call: Number(call.id) } });
  };
  useShortcut("F2", t("openCall"), open);
  const owes = household === null ? 0 : household.debt.receivableFen;
  return (
    <span role="status" className={styles["incoming"]}>
      <span className={styles["bell"]} aria-hidden>
        ☎
      </span>
      {t("incoming")} {call.number === null ? t("withheld") : phoneText(call.number)}{" "}
      {household?.people[0]?.name}
      {owes > 0 ? ` ${t("debt")} ¥${yuan(owes)}` : ""}
      <Button size="small" type="primary" onClick={open}>
        {t("open")} F2
      </Button>
    </span>
  );
};

const AtWork = () => {
  const t = deskWords.useWords();
  const { session, calls, isRead } = useDesk();
  const [signsIn, setSignsIn] = useState(false);
  const shown = useRouterState({
    select: ({ location }) => (location.pathname === "/desk" ? String(location.search.call ?? "") : ""),
  });
  const waiting = calls.find((call) => call.finishedAt === null && call.id !== shown);
  // The call that popped by itself: the same key leads to its first field.
  useShortcut("F2", t("openCall"), () => giveKeysTo(shown), shown !== "" && waiting === undefined);
  if (!isRead) return null;
  return (
    <>
      {waiting === undefined ? null : <Incoming key={waiting.id} call={waiting} />}
      {session === null ? (
        <button type="button" className={styles["telephone"]} onClick={() => setSignsIn(true)}>
          {t("signIn")}
        </button>
      ) : (
        <Telephone session={session} />
      )}
      {signsIn ? <SignInAtTelephone close={() => setSignsIn(false)} /> : null}
    </>
  );
};

export const AgentStatus = () => {
  const may = useMay();
  return may("hotline.work") ? <AtWork /> : null;
};
