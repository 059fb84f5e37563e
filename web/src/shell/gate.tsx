/** Nothing of the console without a login; a session that ends while somebody works is renewed above the page as it stands. */
import { Spin } from "antd";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { onSessionEnded, queryClient } from "#web/api/client.ts";
import { beginLive, endLive } from "#web/api/live.ts";
import { problemOf } from "#web/api/problem.ts";
import { LIVE_TOPICS } from "#web/api/topics.ts";
import { onStepUp } from "#web/api/step-up.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { forgetDrafts, ownDrafts } from "#web/furniture/use-draft.ts";
import { common } from "#web/words/common.ts";
import {
  onOtherTab,
  readSessionAgain,
  type Session,
  tellSignedIn,
  useSessionQuery,
} from "#web/api/session.ts";
import styles from "./shell.module.css";
import { isPending } from "#web/api/pending.ts";

// Whoever is signed in does not load the forms.
const SignIn = lazy(() => import("./sign-in.tsx").then((module) => ({ default: module.SignIn })));
const StepUpDialog = lazy(() =>
  import("./step-up-dialog.tsx").then((module) => ({ default: module.StepUpDialog })),
);
const SignInAgain = lazy(() => import("./sign-in.tsx").then((module) => ({ default: module.SignInAgain })));

const Front = ({ children }: { children: ReactNode }) => {
  const t = common.useWords();
  return (
    <main className={styles["front"]}>
      <div className={styles["frontCard"]}>
        <h1 className={styles["product"]}>
          <img src="/sun.svg" alt="" /> {t("product")}
        </h1>
        <Suspense fallback={<Spin />}>{children}</Suspense>
      </div>
    </main>
  );
};

/** Waits for a call that asks again who sits here; the dialog itself is loaded then. */
const StepUp = () => {
  const [answer, setAnswer] = useState<(isProved: boolean) => void>();
  useEffect(() => onStepUp(() => new Promise((resolve) => setAnswer(() => resolve))), []);
  if (answer === undefined) return null;
  return (
    <Suspense>
      <StepUpDialog
        done={(isProved) => {
          setAnswer(undefined);
          answer(isProved);
        }}
      />
    </Suspense>
  );
};

/** What a login may do, to be compared: the server ends a session whose rights change, and the next one may have others. */
const rightsOf = ({ permissions, bounded, roles }: Session): string =>
  JSON.stringify([permissions.toSorted(), roles.toSorted(), bounded]);

export const Gate = ({ children }: { children: ReactNode }) => {
  const { data, error, refetch } = useSessionQuery();
  const [ended, setEnded] = useState(false);
  const [worker, setWorker] = useState<string>();
  const [rights, setRights] = useState<string>();
  useEffect(() => onSessionEnded(() => setEnded(true)), []);
  useEffect(
    () =>
      onOtherTab((told) => {
        if (told.kind === "out") {
          if (worker === undefined) return;
          // At a counter the next person stands here already: nothing stays on any screen.
          forgetDrafts();
          window.location.assign("/");
        } else if (ended || told.login !== worker) void readSessionAgain();
      }),
    [ended, worker],
  );
  const isIn = data !== undefined && error === null && !isPending(data);
  useEffect(() => {
    if (!isIn || data === undefined) return;
    if (worker !== undefined && worker !== data.login) {
      // Another person: nothing of the one before stays on the screen.
      forgetDrafts();
      window.location.assign("/");
      return;
    }
    if (ended && rights !== undefined && rights !== rightsOf(data)) {
      // The same person with other rights: what the old ones showed goes, what was typed stays as after any reload.
      window.location.reload();
      return;
    }
    if (ended) void queryClient.invalidateQueries();
    ownDrafts(data.login);
    setWorker(data.login);
    setRights(rightsOf(data));
    setEnded(false);
    tellSignedIn(data.login);
    if (data.permissions.includes("live.read")) beginLive(LIVE_TOPICS);
    // `ended` is looked at, not waited for: its own change means that nobody is signed in.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isIn, data, worker]);
  useEffect(() => {
    if (ended) endLive();
  }, [ended]);

  const code = error === null ? undefined : problemOf(error).code;
  const known = code === "auth.required" ? undefined : data;
  if (worker === undefined || (data === undefined && !ended)) {
    if (code === "auth.required" || (known !== undefined && isPending(known))) {
      return (
        <Front>
          <SignIn session={known} />
        </Front>
      );
    }
    if (error !== null) {
      return (
        <Front>
          <Problem error={error} again={() => void refetch()} />
        </Front>
      );
    }
    if (!isIn) return <Spin fullscreen />;
  }
  return (
    <>
      {children}
      <StepUp />
      {ended ? (
        <Suspense>
          <SignInAgain session={known !== undefined && isPending(known) ? known : undefined} />
        </Suspense>
      ) : null}
    </>
  );
};
