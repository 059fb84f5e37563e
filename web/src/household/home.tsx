/** One home: what is owed and why, its valve, and the ways to everything else about it. */
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import type { Answer } from "#web/api/types.ts";
import { dayOf, yuan } from "#web/furniture/format.ts";
import { Bills } from "./bills.tsx";
import { attempt, Button, Card, Link, Page, Read, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { go } from "./path.ts";
import { readAnew } from "./session.ts";
import { words } from "./words-home.ts";

export type HomeFacts = Answer<"get", "/me/homes/{homeId}">;

const ToPay = ({ home }: { home: HomeFacts }) => {
  const t = words.useWords();
  const amount = yuan(home.offeredFen);
  const day = home.payUntil;
  const isLate = day !== null && day < dayOf(new Date(houseNow()).toISOString());
  return (
    <Card title={t("toPay")}>
      <p className={styles["amount"]}>¥ {yuan(home.owedFen)}</p>
      {home.dueFen > 0 ? <p className={styles["owed"]}>{t("due", { amount: yuan(home.dueFen) })}</p> : null}
      {home.offeredFen > 0 ? (
        <p className={isLate ? styles["owed"] : undefined}>
          {day === null
            ? t("offeredNoDay", { amount })
            : t(isLate ? "offeredLate" : "offered", { amount, day })}
        </p>
      ) : null}
      {home.prepaidFen > 0 ? <p>{t("prepaid", { amount: yuan(home.prepaidFen) })}</p> : null}
      {home.owedFen > 0 ? <Button onClick={() => go(`/homes/${home.homeId}/pay`)}>{t("pay")}</Button> : null}
    </Card>
  );
};

const Valve = ({ home }: { home: HomeFacts }) => {
  const t = words.useWords();
  const asking = api.useMutation("post", "/me/homes/{homeId}/valve-request");
  const answer = asking.data;
  const mayAsk = home.points.length === 0 || home.points.some(({ valve }) => valve !== "open");
  return (
    <Card title={t("valve")}>
      <ul className={styles["list"]}>
        {home.points.map((point, index) => (
          <li key={`${point.name}-${index}`} className={styles["row"]}>
            <span>{point.name}</span>
            <span>
              {point.supply === null ? "" : t(`supply.${point.supply}`)}
              {point.valve === null ? "" : ` · ${t(`valve.${point.valve}`)}`}
            </span>
          </li>
        ))}
      </ul>
      {asking.error === null ? null : <Refusal error={asking.error} />}
      {answer === undefined && !mayAsk ? null : answer === undefined ? (
        <Button
          plain
          busy={asking.isPending}
          onClick={() => asking.mutate({ params: { path: { homeId: home.homeId } } })}
        >
          {t("askValve")}
        </Button>
      ) : (
        <p role="status">
          {answer.outcome === "refused"
            ? t(`refused.${answer.reason ?? "no-bill"}`)
            : t(`asked.${answer.outcome}`, { no: answer.orderNo ?? "" })}
        </p>
      )}
    </Card>
  );
};

const Unbind = ({ homeId }: { homeId: string }) => {
  const t = words.useWords();
  const [asked, setAsked] = useState(false);
  const ending = api.useMutation("delete", "/me/homes/{homeId}");
  const end = (): void =>
    attempt(async () => {
      await ending.mutateAsync({ params: { path: { homeId } } });
      go("/", true);
      await readAnew();
    });
  if (!asked)
    return (
      <button type="button" className={styles["textual"]} onClick={() => setAsked(true)}>
        {t("unbind")}
      </button>
    );
  return (
    <div role="alert" className={styles["note"]}>
      <p>{t("unbindSure")}</p>
      {ending.error === null ? null : <Refusal error={ending.error} />}
      <Button plain busy={ending.isPending} onClick={end}>
        {t("unbindYes")}
      </Button>
    </div>
  );
};

export const HomePage = ({ homeId, isMember }: { homeId: string; isMember: boolean }) => {
  const t = words.useWords();
  const query = api.useQuery("get", "/me/homes/{homeId}", { params: { path: { homeId } } });
  const below = `/homes/${homeId}`;
  return (
    <Read query={{ ...query, refetch: () => forget("/me/homes/{homeId}") }}>
      {(home) => (
        <Page title={`${home.building}${home.unit}${home.door}`} back="/">
          <p className={styles["quiet"]}>
            {home.community} · {t("account", { accountNo: home.accountNo, owner: home.owner })}
          </p>
          <ToPay home={home} />
          <Bills bills={home.bills} />
          <Valve home={home} />
          <nav className={styles["card"]} aria-label={t("news")}>
            <ul className={styles["list"]}>
              {(
                [
                  [`${below}/payments`, t("payments")],
                  [`${below}/cases`, t("cases")],
                  [`/news/${home.buildingId}`, t("news")],
                  ...(isMember ? ([[`${below}/consents`, t("consents")]] as const) : []),
                ] as const
              ).map(([to, text]) => (
                <li key={to}>
                  <Link to={to} className={styles["row"]}>
                    <span>{text}</span>
                    <span aria-hidden="true">›</span>
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          {isMember ? <Unbind homeId={homeId} /> : null}
        </Page>
      )}
    </Read>
  );
};
