/** Proving that a home is one's own: by a code to its registered mobile, or by card or receipt where that is wrong. */
import { type FormEvent, useEffect, useState } from "react";
import { api } from "#web/api/client.ts";
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
  readonly onProof: (proof: Proof) => void;
  readonly busy: boolean;
  readonly submit: string;
};

const ByCode = ({ accountNo, onProof, busy, submit }: Sending) => {
  const t = words.useWords();
  const [asked, setAsked] = useState<Asked>();
  const [code, setCode] = useState("");
  const asking = api.useMutation("post", "/me/codes");
  const left = useCountdown(asked);
  const ask = (): void =>
    attempt(async () => {
      const answer = await asking.mutateAsync({ body: { accountNo, locale: language() } });
      setCode("");
      setAsked(answer);
      await loadInside();
    });
  return (
    <>
      {asking.error === null ? null : <Refusal error={asking.error} />}
      {asked === undefined ? (
        <Button onClick={ask} busy={asking.isPending} disabled={accountNo.trim() === ""}>
          {t("askCode")}
        </Button>
      ) : (
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            onProof({ challenge: asked.challenge, code: code.normalize("NFKC").trim() });
          }}
        >
          <p role="status">{t("sent", { mobile: asked.sentTo })}</p>
          <Field
            label={t("code")}
            value={code}
            onChange={setCode}
            mode="numeric"
            complete="one-time-code"
            most={6}
          />
          <Button submit busy={busy}>
            {submit}
          </Button>
          <Button plain onClick={ask} busy={asking.isPending} disabled={left > 0}>
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

const ByPaper = ({ accountNo, onProof, busy, submit }: Sending) => {
  const t = words.useWords();
  const [paper, setPaper] = useState("");
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onProof({ accountNo, paper });
      }}
    >
      <Field label={t("paper")} value={paper} onChange={setPaper} />
      <Button submit busy={busy}>
        {submit}
      </Button>
    </form>
  );
};

type ProofFormProps = {
  readonly onProof: (proof: Proof) => void;
  readonly error: unknown;
  readonly busy: boolean;
  readonly submit: string;
  readonly binds: boolean;
};
const ProofForm = ({ onProof, error, busy, submit, binds }: ProofFormProps) => {
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
        onChange={(accountNo) => keep({ accountNo })}
      />
      {error === null ? null : <Refusal error={error} />}
      <Way accountNo={draft.accountNo} onProof={onProof} busy={busy} submit={submit} />
      <button type="button" className={styles["textual"]} onClick={() => setByPaper(!byPaper)}>
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
        onProof={(body) =>
          attempt(async () => {
            await entering.mutateAsync({ body });
            await readAnew();
          })
        }
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
          onProof={(body) =>
            attempt(async () => {
              const { homeId } = await binding.mutateAsync({ body });
              await readAnew();
              go(`/homes/${homeId}`);
            })
          }
        />
      </Card>
    </Page>
  );
};
