/** The frame of the household's page and what stands at which address. */
import { useEffect, useState } from "react";
import { chooseLanguage, language } from "#web/words/words.ts";
import { Cases } from "./cases.tsx";
import { Consents } from "./consents.tsx";
import { HomePage } from "./home.tsx";
import styles from "./household.module.css";
import { BuildingNews, FindBuilding } from "./news.tsx";
import { OrderPage, Orders } from "./order.tsx";
import { Page, Read } from "./parts.tsx";
import { usePath } from "./path.ts";
import { Pay, PayOther } from "./pay.tsx";
import { Payments } from "./payments.tsx";
import { type Session, useSession } from "./session.ts";
import { AddHome } from "./sign-in.tsx";
import { Start } from "./start.tsx";
import { isTypeLarge, keepTypeSize } from "./type-size.ts";
import { WechatReturn } from "./wechat-return.tsx";
import { words } from "./words.ts";

const Top = () => {
  const t = words.useWords();
  const [isLarge, setLarge] = useState(isTypeLarge);
  useEffect(() => {
    document.documentElement.classList.toggle(styles["large"] ?? "large", isLarge);
    keepTypeSize(isLarge);
  }, [isLarge]);
  return (
    <header className={styles["top"]}>
      <span>{t("product")}</span>
      <button type="button" onClick={() => setLarge(!isLarge)}>
        {isLarge ? t("smaller") : t("larger")}
      </button>
      <button
        type="button"
        lang={language() === "en" ? "zh-CN" : "en"}
        onClick={() => chooseLanguage(language() === "en" ? "zh-CN" : "en")}
      >
        {t("language")}
      </button>
    </header>
  );
};

/** Pages of whoever is signed in. */
const Inside = ({ path, session }: { path: readonly string[]; session: Session }) => {
  const t = words.useWords();
  const [area, id, part] = path;
  const isMember = session.proof === "phone";
  if (area === "add") return <AddHome />;
  if (area === "other") return <PayOther />;
  if (area === "wechat") return <WechatReturn />;
  if (area === "orders") return id === undefined ? <Orders /> : <OrderPage key={id} orderNo={id} />;
  if (area === "homes" && id !== undefined) {
    if (part === undefined) return <HomePage homeId={id} isMember={isMember} />;
    if (part === "pay") return <Pay homeId={id} />;
    if (part === "payments") return <Payments homeId={id} />;
    if (part === "cases") return <Cases homeId={id} isMember={isMember} />;
    if (part === "consents") return <Consents homeId={id} />;
  }
  return (
    <Page title={t("notFound")} back="/">
      {null}
    </Page>
  );
};

const Content = () => {
  const path = usePath();
  const query = useSession();
  const [area, id] = path;
  if (area === "news") return id === undefined ? <FindBuilding /> : <BuildingNews buildingId={id} />;
  return (
    <Read query={query}>
      {({ session, ended }) =>
        session === null || area === undefined ? (
          <Start session={session} ended={ended} />
        ) : (
          <Inside path={path} session={session} />
        )
      }
    </Read>
  );
};

export const App = () => (
  <>
    <Top />
    <Content />
  </>
);
