/**
 * A button with a menu below it: arrows, Home and End go through it, Enter does what is marked, Escape and a press elsewhere shut it. For
 * the frame, which everybody loads first: the library's own weighs more than the frame.
 */
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import styles from "./drop-menu.module.css";

export type DropItem =
  | { readonly key: string; readonly label: ReactNode; readonly act: () => void }
  | { readonly key: string; readonly label: ReactNode; readonly to: string }
  | { readonly key: string; readonly heading: string }
  | { readonly key: string; readonly line: true };

type Props = {
  readonly className?: string | undefined;
  /** What stands on the button. */
  readonly children: ReactNode;
  readonly items: readonly DropItem[];
};

const GAP_PX = 4;

const entriesOf = (menu: HTMLElement): HTMLElement[] => [
  ...menu.querySelectorAll<HTMLElement>("[role=menuitem]"),
];

const KEYS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at <= 0 ? count : at) - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};

const moveIn = (event: KeyboardEvent<HTMLElement>): void => {
  const to = KEYS[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const entries = entriesOf(event.currentTarget);
  const at = entries.findIndex((entry) => entry === document.activeElement);
  entries[to(at, entries.length)]?.focus();
};

const Entry = ({ item, close }: { item: DropItem; close: () => void }) => {
  if ("line" in item) return <hr className={styles["line"]} />;
  if ("heading" in item) {
    return (
      <div role="presentation" className={styles["heading"]}>
        {item.heading}
      </div>
    );
  }
  const looks = { role: "menuitem", tabIndex: -1, className: styles["item"] } as const;
  if ("to" in item) {
    return (
      <Link {...looks} to={item.to} onClick={close}>
        {item.label}
      </Link>
    );
  }
  return (
    <button
      {...looks}
      type="button"
      onClick={() => {
        close();
        item.act();
      }}
    >
      {item.label}
    </button>
  );
};

const Opened = ({
  button,
  items,
  close,
}: {
  button: HTMLElement;
  items: readonly DropItem[];
  close: () => void;
}) => {
  const menu = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const own = menu.current;
    if (own === null) return;
    const { left, bottom } = button.getBoundingClientRect();
    const room = document.documentElement.clientWidth - own.offsetWidth - GAP_PX;
    setPlace({ left: Math.max(GAP_PX, Math.min(left, room)), top: bottom + GAP_PX });
    entriesOf(own)[0]?.focus();
  }, [button]);
  useEffect(() => {
    const away = ({ target }: Event): void => {
      if (!(target instanceof Node) || button.contains(target) || menu.current?.contains(target) === true)
        return;
      close();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [button, close]);
  return (
    <div
      ref={menu}
      role="menu"
      tabIndex={-1}
      className={styles["menu"]}
      style={place}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return moveIn(event);
        if (event.key === "Escape") event.preventDefault();
        button.focus();
        close();
      }}
    >
      {items.map((item) => (
        <Entry
          key={item.key}
          item={item}
          close={() => {
            button.focus();
            close();
          }}
        />
      ))}
    </div>
  );
};

export const DropMenu = ({ className, children, items }: Props) => {
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const [close] = useState(() => () => setOpen(false));
  return (
    <>
      <button
        ref={setButton}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
      </button>
      {open && button !== null ? <Opened button={button} items={items} close={close} /> : null}
    </>
  );
};
