/** Choosing an amount and a wallet, for an own home or for somebody else's. */
import { type FormEvent, useState } from "react";
import { api, call } from "#web/api/client.ts";
import { noAnswer, problemOf } from "#web/api/problem.ts";
import type { Answer, Body } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { fenOfText, yuan } from "#web/furniture/format.ts";
import { common } from "#web/words/common.ts";
import { channelText } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import { attempt, Button, Card, Field, Page, Read, Refusal } from "./parts.tsx";
import { go } from "./path.ts";
import styles from "./household.module.css";
import { useWechatPaying } from "./wechat.ts";
import { words } from "./words-pay.ts";

type Wallets = Answer<"get", "/me/homes/{homeId}">["wallets"];
type Target = Body<"post", "/me/orders">["pay"];

const WECHAT = "wechat";

/** Another payment is open for this home: the way to it, beside the refusal. */
const OpenOne = ({ error }: { error: unknown }) => {
  const t = words.useWords();
  const orderNo = problemOf(error).facts.facts?.["orderNo"];
  if (typeof orderNo !== "string") return null;
  return (
    <Button plain onClick={() => go(`/orders/${orderNo}`)}>
      {t("toOpenOrder")}
    </Button>
  );
};

type FormProps = { readonly target: Target; readonly owedFen: number; readonly wallets: Wallets };

/** What is paid and how; null: as it is proposed. */
const EMPTY = { typed: null as string | null, wallet: null as string | null, inWechat: false };

const PayForm = ({ target, owedFen, wallets }: FormProps) => {
  const t = words.useWords();
  const say = common.useWords();
  const wechat = useWechatPaying();
  // With its key in the tab: a lost answer, also before a reload, is asked for again and never a second payment.
  const intent = useIntent(`household-pay-${Object.values(target).join(" ")}`, EMPTY);
  const typed = intent.content.typed ?? yuan(owedFen).replaceAll(",", "");
  const offered = wechat.isReady ? wallets.filter(({ code }) => code === WECHAT) : wallets;
  const wallet =
    (offered.find(({ code }) => code === (intent.content.wallet ?? WECHAT)) ?? offered[0])?.code ?? "";
  const amountFen = fenOfText(typed);
  const fault =
    amountFen === null
      ? t("amountWrong")
      : amountFen <= 0
        ? t("amountZero")
        : amountFen > owedFen
          ? t("amountTooMuch", { amount: yuan(owedFen) })
          : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // What is asked once more stands as it was, whatever is owed by now.
    if (!intent.isLocked && fault !== undefined) return;
    attempt(async () => {
      // What is owed may be less when it is asked again: the amount is kept as it was sent.
      intent.change({ typed, wallet, inWechat: wechat.isReady });
      const made = await intent.send((asked, key) =>
        call.POST("/me/orders", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            pay: target,
            amountFen: fenOfText(asked.typed ?? "") ?? 0,
            wallet: asked.wallet ?? "",
            inWechat: asked.inWechat,
          },
        }),
      );
      if (made?.data !== undefined) go(`/orders/${made.data.orderNo}`);
    });
  };
  if (owedFen === 0) return <p>{t("nothing")}</p>;
  if (offered.length === 0) return <p>{t("noWallet")}</p>;
  if (wechat.isAsking) return <p role="status">{t("askingWechat")}</p>;
  return (
    <form onSubmit={submit}>
      {wechat.error === null ? null : <Refusal error={wechat.error} />}
      <Field
        label={t("amount")}
        hint={t("amountHint", { amount: yuan(owedFen) })}
        fault={intent.isLocked ? undefined : fault}
        value={typed}
        mode="decimal"
        onChange={(value) => void intent.change({ typed: value })}
      />
      <fieldset className={styles["choices"]}>
        <legend>{t("wallet")}</legend>
        {offered.map((one) => (
          <label key={one.code}>
            <input
              type="radio"
              name="wallet"
              checked={wallet === one.code}
              disabled={intent.isLocked}
              onChange={() => void intent.change({ wallet: one.code })}
            />
            {channelText(one, language())}
          </label>
        ))}
      </fieldset>
      {intent.error === null && intent.state !== "unanswered" ? null : (
        <>
          <Refusal error={intent.error ?? noAnswer()} />
          <OpenOne error={intent.error} />
        </>
      )}
      <Button submit busy={intent.isSending}>
        {intent.state === "unanswered" ? say("askAgain") : t("begin")}
      </Button>
      {intent.state === "unanswered" ? (
        <>
          <p role="status">{say("unanswered")}</p>
          <Button plain onClick={() => intent.settle(false)}>
            {say("startOver")}
          </Button>
        </>
      ) : null}
    </form>
  );
};

export const Pay = ({ homeId }: { homeId: string }) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/me/homes/{homeId}", { params: { path: { homeId } } });
  return (
    <Page title={t("title")} back={`/homes/${homeId}`}>
      <Read query={query}>
        {(home) => (
          <Card title={`${home.building}${home.unit}${home.door}`}>
            <PayForm target={{ homeId }} owedFen={home.owedFen} wallets={home.wallets} />
          </Card>
        )}
      </Read>
    </Page>
  );
};

export const PayOther = () => {
  const t = words.useWords();
  const [accountNo, setAccountNo] = useState("");
  const finding = api.useMutation("post", "/me/look-ups");
  // Asked before anything is typed.
  const wechat = useWechatPaying();
  const found = finding.data;
  return (
    <Page title={t("otherTitle")} back="/">
      <Card>
        <p>{t("otherIntro")}</p>
        {wechat.isAsking ? <p role="status">{t("askingWechat")}</p> : null}
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            finding.mutate({ body: { accountNo } });
          }}
        >
          <Field
            label={t("otherAccount")}
            value={accountNo}
            onChange={(value) => {
              setAccountNo(value);
              finding.reset();
            }}
          />
          {finding.error === null ? null : <Refusal error={finding.error} />}
          <Button submit plain busy={finding.isPending}>
            {t("find")}
          </Button>
        </form>
      </Card>
      {found === undefined ? null : (
        <Card title={t("isRight")}>
          <p className={styles["whose"]}>{t("for", { owner: found.owner, tail: found.addressTail })}</p>
          <p>{t("owes", { amount: yuan(found.owedFen) })}</p>
          <PayForm target={{ lookUpId: found.lookUpId }} owedFen={found.owedFen} wallets={found.wallets} />
        </Card>
      )}
    </Page>
  );
};
