/** The first page: public news for everybody, one's homes for who is signed in. */
import { useState } from "react";
import { yuan } from "#web/furniture/format.ts";
import { Button, Card, Link, Page, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { go } from "./path.ts";
import { type Session, signOut } from "./session.ts";
import { SignInCard } from "./sign-in.tsx";
import { words } from "./words.ts";

const Homes = ({ session }: { session: Session }) => {
  const t = words.useWords();
  const [failed, setFailed] = useState<unknown>();
  return (
    <>
      {session.proof === "paper" ? <p className={styles["note"]}>{t("paperOnly")}</p> : null}
      <Card title={t("homes")}>
        {session.homes.length === 0 ? <p>{t("noHomes")}</p> : null}
        <ul className={styles["list"]}>
          {session.homes.map((home) => (
            <li key={home.homeId}>
              <Link to={`/homes/${home.homeId}`} className={styles["row"]}>
                <span>
                  <strong>{`${home.community}${home.building}${home.unit}${home.door}`}</strong>
                  <small className={styles["quiet"]}>{home.accountNo}</small>
                </span>
                <span className={home.owedFen > 0 ? styles["owed"] : styles["quiet"]}>
                  {home.owedFen > 0 ? t("owed", { amount: yuan(home.owedFen) }) : t("owedNothing")}{" "}
                  <span aria-hidden="true">›</span>
                </span>
              </Link>
              {home.owedFen > 0 ? (
                <Button onClick={() => go(`/homes/${home.homeId}/pay`)}>{t("toPay")}</Button>
              ) : null}
            </li>
          ))}
        </ul>
        {session.proof === "phone" ? (
          <Button plain onClick={() => go("/add")}>
            {t("addHome")}
          </Button>
        ) : null}
        <Button plain onClick={() => go("/other")}>
          {t("payOther")}
        </Button>
        <Button plain onClick={() => go("/orders")}>
          {t("myOrders")}
        </Button>
        {failed === undefined ? null : <Refusal error={failed} />}
        <button type="button" className={styles["textual"]} onClick={() => void signOut().catch(setFailed)}>
          {t("signOut")}
        </button>
      </Card>
    </>
  );
};

export const Start = ({ session, ended }: { session: Session | null; ended: boolean }) => {
  const t = words.useWords();
  const news = (
    <Card title={t("newsCard")}>
      <p className={styles["quiet"]}>{t("newsText")}</p>
      <Button plain onClick={() => go("/news")}>
        {t("newsGo")}
      </Button>
    </Card>
  );
  return (
    <Page title={t("start")}>
      {session === null ? (
        <>
          {news}
          <SignInCard ended={ended} endedText={t("ended")} />
        </>
      ) : (
        <>
          <Homes session={session} />
          {news}
        </>
      )}
    </Page>
  );
};
