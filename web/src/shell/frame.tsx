/** The frame around every page: menu by rights, the search box, who is signed in; on a phone a bar at the bottom. */
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { call, queryClient } from "#web/api/client.ts";
import { endLive } from "#web/api/live.ts";
import { countUnsentHere, leavePhone } from "#web/api/offline/leave-phone.ts";
import { notYours, problemOf } from "#web/api/problem.ts";
import { DropMenu } from "#web/furniture/drop-menu.tsx";
import { beginFetchingAhead, laterDialog } from "#web/furniture/later.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { forgetDrafts } from "#web/furniture/use-draft.ts";
import { common } from "#web/words/common.ts";
import { nav } from "#web/words/nav.ts";
import { chooseLanguage, language } from "#web/words/words.ts";
import { type Area, lackedFor, type NavItem } from "./area.ts";
import { tellSignedOut, useMay, useSession } from "#web/api/session.ts";
import { LineNotice } from "./line-notice.tsx";
import styles from "./shell.module.css";
import { shell } from "./words.ts";

const loadDialogs = () => import("./frame-dialogs.tsx");
const AllPages = laterDialog(async () => (await loadDialogs()).AllPages);
const Keys = laterDialog(async () => (await loadDialogs()).Keys);
const OwnPassword = laterDialog(async () => (await loadDialogs()).OwnPassword);
const LeaveUnsent = laterDialog(async () => (await loadDialogs()).LeaveUnsent);
const NotLeft = laterDialog(async () => (await loadDialogs()).NotLeft);

export type FrameParts = {
  readonly areas: readonly Area[];
  /** What is one's own, behind the name in the bar. */
  readonly own?: Area;
  /** Stand in the bar at the top: the search box, the agent's line. */
  readonly search?: ReactNode;
  readonly status?: ReactNode;
};
export const FramePartsContext = createContext<FrameParts>({ areas: [] });

type ShownArea = Pick<Area, "name" | "items" | "begins">;

/** What this login may open. */
const useShownAreas = (): readonly ShownArea[] => {
  const { areas } = use(FramePartsContext);
  const may = useMay();
  return areas
    .map(({ name, items, begins }) => ({
      name,
      ...(begins && { begins }),
      items: items.filter((item) => item.permissions.some(may)),
    }))
    .filter(({ items }) => items.length > 0);
};

/** The pages of one's own that this login may open. */
const useOwnItems = (): readonly NavItem[] => {
  const { own } = use(FramePartsContext);
  const may = useMay();
  return own?.items.filter((item) => item.permissions.some(may)) ?? [];
};

/** The page on which this login begins; undefined when no page is open to it. */
export const useStart = (): string | undefined => {
  const { areas } = use(FramePartsContext);
  const { roles } = useSession();
  const shown = useShownAreas();
  for (const { begins } of areas) {
    const to = roles.map((role) => begins?.[role]).find((path) => path !== undefined);
    if (to !== undefined) return to;
  }
  return shown[0]?.items[0]?.to;
};

const GoKey = ({ item }: { item: NavItem }) => {
  const t = nav.useWords();
  const navigate = useNavigate();
  useShortcut(
    item.keys ?? "F24",
    t(item.label),
    () => void navigate({ to: item.to }),
    item.keys !== undefined,
  );
  return null;
};

const ItemLink = ({ item, onClick }: { item: NavItem; onClick?: () => void }) => {
  const t = nav.useWords();
  return (
    <Link to={item.to} onClick={onClick} activeOptions={{ exact: item.exact === true }}>
      {t(item.label)}
    </Link>
  );
};

const TopMenu = ({ areas }: { areas: readonly ShownArea[] }) => {
  const t = nav.useWords();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className={styles["menu"]} aria-label={t("main")}>
      {areas.map(({ name, items }) => {
        const [first] = items;
        if (items.length === 1 && first !== undefined) return <ItemLink key={name} item={first} />;
        const isHere = items.some((item) => path === item.to || path.startsWith(`${item.to}/`));
        return (
          <DropMenu
            key={name}
            className={isHere ? "active" : ""}
            items={items.map(({ to, label }) => ({ key: to, to, label: t(label) }))}
          >
            {t(name)}
          </DropMenu>
        );
      })}
    </nav>
  );
};

const BottomBar = ({ areas }: { areas: readonly ShownArea[] }) => {
  const t = nav.useWords();
  const [open, setOpen] = useState(false);
  const { roles } = useSession();
  const items = areas.flatMap((area) => area.items);
  // What the person's own area has for a phone stands before what he may open besides.
  const isOwn = ({ begins }: ShownArea): boolean => roles.some((role) => begins?.[role] !== undefined);
  const first = areas
    .toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
    .flatMap((area) => area.items)
    .filter((item) => item.onPhone === true)
    .slice(0, 4);
  return (
    <nav className={styles["bottom"]} aria-label={t("main")}>
      {first.map((item) => (
        <ItemLink key={item.to} item={item} />
      ))}
      <button type="button" onClick={() => setOpen(true)}>
        {t("menu")}
      </button>
      {open ? (
        <AllPages close={() => setOpen(false)}>
          {items.map((item) => (
            <p key={item.to}>
              <ItemLink item={item} onClick={() => setOpen(false)} />
            </p>
          ))}
        </AllPages>
      ) : null}
    </nav>
  );
};

const Person = () => {
  const t = shell.useWords();
  const { displayName } = useSession();
  const own = useOwnItems();
  const say = nav.useWords();
  const [password, setPassword] = useState(false);
  const [unsent, setUnsent] = useState(0);
  const [failed, setFailed] = useState<unknown>(null);
  const signOut = async (): Promise<void> => {
    try {
      await call.DELETE("/session", {});
    } catch (error) {
      if (problemOf(error).facts.status !== 401) {
        // The login would live on at the server while everything here looks gone.
        setUnsent(0);
        setFailed(error);
        return;
      }
    }
    await leavePhone();
    endLive();
    forgetDrafts();
    queryClient.clear();
    tellSignedOut();
    window.location.assign("/");
  };
  /** What a phone has not sent yet would stay on it: the person is asked first. */
  const leave = async (): Promise<void> => {
    const count = await countUnsentHere();
    if (count === 0) await signOut();
    else setUnsent(count);
  };
  return (
    <>
      <DropMenu
        className={styles["plain"]}
        items={[
          ...own.map(({ to, label }) => ({ key: to, label: say(label), to })),
          {
            key: "language",
            label: t("language"),
            act: () => chooseLanguage(language() === "en" ? "zh-CN" : "en"),
          },
          { key: "password", label: t("ownPassword"), act: () => setPassword(true) },
          { key: "out", label: t("signOut"), act: () => void leave() },
        ]}
      >
        {displayName}
      </DropMenu>
      {password ? <OwnPassword close={() => setPassword(false)} /> : null}
      {failed === null ? null : <NotLeft error={failed} close={() => setFailed(null)} />}
      {unsent > 0 ? (
        <LeaveUnsent count={unsent} close={() => setUnsent(0)} signOut={() => void signOut()} />
      ) : null}
    </>
  );
};

const KeySheet = () => {
  const t = shell.useWords();
  const [open, setOpen] = useState(false);
  useShortcut("?", t("shortcuts"), () => setOpen(true));
  return (
    <>
      <button
        type="button"
        className={styles["plain"]}
        aria-label={t("shortcuts")}
        onClick={() => setOpen(true)}
      >
        ?
      </button>
      {open ? <Keys close={() => setOpen(false)} /> : null}
    </>
  );
};

/** A page of the menu that this person may not read: said once, instead of by each thing on it that could not be read. */
const Page = ({ children }: { children: ReactNode }) => {
  const { areas, own } = use(FramePartsContext);
  const may = useMay();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const item = [...areas, ...(own === undefined ? [] : [own])]
    .flatMap(({ items }) => items)
    .find(({ to }) => to === path);
  const lacked = item === undefined ? undefined : lackedFor(item, may);
  return lacked === undefined ? children : <Problem error={notYours(lacked)} />;
};

export const Frame = ({ children }: { children: ReactNode }) => {
  const t = nav.useWords();
  const say = common.useWords();
  const { search, status } = use(FramePartsContext);
  const areas = useShownAreas();
  const isThere = useRouterState({
    select: (state) => state.status === "idle" && state.location.pathname !== "/",
  });
  useEffect(() => {
    if (isThere) beginFetchingAhead();
  }, [isThere]);
  const own = useOwnItems();
  return (
    <div className={styles["frame"]}>
      <a className={styles["skip"]} href="#content">
        {t("skip")}
      </a>
      <header className={styles["top"]}>
        <Link to="/" className={styles["logo"]}>
          <img src="/sun.svg" alt="" />
          {say("product")}
        </Link>
        <TopMenu areas={areas} />
        <span className={styles["spacer"]} />
        <span className={styles["search"]}>{search}</span>
        {status}
        <span className={styles["hideOnPhone"]}>
          <KeySheet />
        </span>
        <Person />
      </header>
      <LineNotice />
      <main id="content" className={styles["main"]} tabIndex={-1}>
        <Page>{children}</Page>
      </main>
      <BottomBar areas={areas} />
      {[...areas.flatMap((area) => area.items), ...own].map((item) => (
        <GoKey key={item.to} item={item} />
      ))}
    </div>
  );
};
