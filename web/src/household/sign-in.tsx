/** Proving that a home is one's own: by a code to its registered mobile, or by card or receipt where that is wrong. */
import { type FormEvent, useEffect, useState } from "react";
import { api } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import type { Answer, Body } from "#web/api/types.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { language } from "#web/words/words.ts";
import { loadInside } from "./load-inside.ts";
import { attempt, Button, Card, Field, Page, Refusal } from "./parts.tsx";
import { go } from "./path.ts";
import { readAnew } from "./session.ts";
import styles from "./household.module.css";
import { words } from "./words-sign-in.ts";

type Asked = Answer<"post", "/me/codes">;
type Proof = Body<"post", "/me/session">;

/** Seconds until another code may be asked for. */
const useCountdown = (asked: Asked | undefined): number => {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (asked === undefined) return undefined;
    const until = performance.now() + asked.resendAfterSeconds * 1000;
    const tick = (): void => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1000)));
    tick();
    const timer = window.setInterval(tick, 500);
    return () => window.clearInterval(timer);
  }, [asked]);
  return left;
};

type Sending = {
  readonly accountNo: string;
  /** Throws what was refused, which stands in `error` as well. */
  readonly onProof: (proof: Proof) => Promise<void>;
  readonly error: unknown;
  /** What was refused before is over: something else is tried. */
  readonly forget: () => void;
  readonly busy: boolean;
  readonly submit: string;
};

/** Says that nothing typed here will fit any more: the right code would be refused in the same words as a wrong one. */
const DeadCode = ({ tries }: { tries: number }) => {
  const t = words.useWords();
  return (
    <div role="alert" className={styles["refusal"]}>
      <strong>{t("dead", { tries })}</strong>
      <p>{t("deadRemedy")}</p>
    </div>
  );
};

const ByCode = ({ accountNo, onProof, error, forget, busy, submit }: Sending) => {
  const t = words.useWords();
  const [asked, setAsked] = useState<Asked>();
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState(0);
  const asking = api.useMutation("post", "/me/codes");
  const left = useCountdown(asked);
  const isDead = asked !== undefined && wrong >= asked.tries;
  const ask = (): void => {
    forget();
    attempt(async () => {
      const answer = await asking.mutateAsync({ body: { accountNo, locale: language() } });
      setCode("");
      setWrong(0);
      setAsked(answer);
      await loadInside();
    });
  };
  const prove = (challenge: string): void =>
    attempt(async () => {
      try {
        await onProof({ challenge, code: code.normalize("NFKC").trim() });
      } catch (refused) {
        if (problemOf(refused).code === "household.proof-refused") setWrong((before) => before + 1);
        throw refused;
      }
    });
  return (
    <>
      {isDead ? <DeadCode tries={asked.tries} /> : error === null ? null : <Refusal error={error} />}
      {/* What another account number was refused with says nothing of this one. */}
      {asking.error === null || asking.variables.body.accountNo !== accountNo ? null : (
        <Refusal error={asking.error} />
      )}
      {asked === undefined ? (
        <Button onClick={ask} busy={asking.isPending} disabled={accountNo.trim() === ""}>
          {t("askCode")}
        </Button>
      ) : (
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            prove(asked.challenge);
          }}
        >
          {isDead ? null : (
            <>
              <p role="status">{t("sent", { mobile: asked.sentTo })}</p>
              <Field
                label={t("code")}
                value={code}
                onChange={(typed) => {
                  setCode(typed);
                  forget();
                }}
                mode="numeric"
                complete="one-time-code"
                most={6}
              />
              <Button submit busy={busy}>
                {submit}
              </Button>
            </>
          )}
          <Button plain={!isDead} onClick={ask} busy={asking.isPending} disabled={left > 0}>
            {left === 0
              ? t("againNow")
              : left < 120
                ? t("again", { seconds: left })
                : t("againLater", { minutes: Math.ceil(left / 60) })}
          </Button>
        </form>
      )}
    </>
  );
};

const ByPaper = ({ accountNo, onProof, error, forget, busy, submit }: Sending) => {
  const t = words.useWords();
  const [paper, setPaper] = useState("");
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        attempt(() => onProof({ accountNo, paper }));
      }}
    >
      {error === null ? null : <Refusal error={error} />}
      <Field
        label={t("paper")}
        value={paper}
        onChange={(typed) => {
          setPaper(typed);
          forget();
        }}
      />
      <Button submit busy={busy}>
        {submit}
      </Button>
    </form>
  );
};

type ProofFormProps = Omit<Sending, "accountNo"> & { readonly binds: boolean };
const ProofForm = ({ binds, ...sending }: ProofFormProps) => {
  const t = words.useWords();
  const { draft, keep } = useDraft("household-proof", { accountNo: "" });
  const [byPaper, setByPaper] = useState(false);
  const Way = byPaper ? ByPaper : ByCode;
  const other = byPaper ? (binds ? t("bindByCode") : t("byCode")) : binds ? t("bindByPaper") : t("byPaper");
  return (
    <>
      <Field
        label={t("accountNo")}
        hint={t("accountHint")}
        value={draft.accountNo}
        onChange={(accountNo) => {
          keep({ accountNo });
          sending.forget();
        }}
      />
      <Way accountNo={draft.accountNo} {...sending} />
      <button
        type="button"
        className={styles["textual"]}
        onClick={() => {
          sending.forget();
          setByPaper(!byPaper);
        }}
      >
        {other}
      </button>
    </>
  );
};

/** The sign-in as it stands on the start page, and above whatever page needs one. */
export const SignInCard = ({ ended = false, endedText = "" }: { ended?: boolean; endedText?: string }) => {
  const t = words.useWords();
  const entering = api.useMutation("post", "/me/session");
  return (
    <Card title={t("title")}>
      {ended ? <p role="status">{endedText}</p> : <p className={styles["quiet"]}>{t("intro")}</p>}
      <ProofForm
        binds={false}
        submit={t("enter")}
        busy={entering.isPending}
        error={entering.error}
        forget={entering.reset}
        onProof={async (body) => {
          await entering.mutateAsync({ body });
          await readAnew();
        }}
      />
    </Card>
  );
};

export const AddHome = () => {
  const t = words.useWords();
  const binding = api.useMutation("post", "/me/homes");
  return (
    <Page title={t("bindTitle")} back="/">
      <Card>
        <p>{t("bindIntro")}</p>
        <ProofForm
          binds
          submit={t("bind")}
          busy={binding.isPending}
          error={binding.error}
          forget={binding.reset}
          onProof={async (body) => {
            const { homeId } = await binding.mutateAsync({ body });
            await readAnew();
            go(`/homes/${homeId}`);
          }}
        />
      </Card>
    </Page>
  );
};
