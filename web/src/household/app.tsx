/** The frame of the household's page and what stands at which address. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { chooseLanguage, language } from "#web/words/words.ts";
import styles from "./household.module.css";
import { BuildingNews, FindBuilding } from "./news.tsx";
import { loadInside } from "./load-inside.ts";
import { Read } from "./parts.tsx";
import { usePath } from "./path.ts";
import { type Session, useSession } from "./session.ts";
import { Start } from "./start.tsx";
import { isTypeLarge, keepTypeSize } from "./type-size.ts";
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

/** Pages of whoever is signed in come when somebody is. */
const WhenInside = (props: { path: readonly string[]; session: Session }) => {
  const query = useQuery({ queryKey: ["inside"], queryFn: loadInside, staleTime: Infinity, retry: 1 });
  return <Read query={query}>{({ Inside }) => <Inside {...props} />}</Read>;
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
          <WhenInside path={path} session={session} />
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
