/** What opens below the button of the saved filters: choose one, begin with it, rename, delete; keep what is on the page. */
import { Button, Checkbox, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { savedFilters } from "#web/words/saved-filters.ts";
import type { Kept } from "./flat-filter.ts";
import styles from "./furniture.module.css";
import { Problem } from "./problem.tsx";

export type FilterDeeds = {
  readonly choose: (kept: Kept | undefined) => void;
  readonly rename: (id: string, name: string) => Promise<void>;
  readonly begin: (id: string, isDefault: boolean) => Promise<void>;
  readonly replace: (kept: Kept) => Promise<void>;
  readonly keep: (name: string) => Promise<void>;
  readonly drop: (kept: Kept) => Promise<void>;
};
type Try = (deed: () => Promise<void>) => Promise<boolean>;

/** One deed at a time; what was refused stands below the list. */
const useTrying = (): { error: unknown; isBusy: boolean; attempt: Try } => {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const attempt: Try = async (deed) => {
    if (isBusy) return false;
    setBusy(true);
    setError(null);
    try {
      await deed();
      return true;
    } catch (refused) {
      setError(refused);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { error, isBusy, attempt };
};

const Name = ({
  label,
  verb,
  first = "",
  isBusy,
  focus,
  done,
}: {
  label: string;
  verb: string;
  first?: string;
  isBusy: boolean;
  focus: boolean;
  done: (name: string) => void;
}) => {
  const [name, setName] = useState(first);
  return (
    <Input.Search
      autoFocus={focus}
      aria-label={label}
      placeholder={label}
      maxLength={40}
      value={name}
      onChange={(event) => setName(event.target.value)}
      enterButton={verb}
      loading={isBusy}
      onSearch={(typed) => (typed.trim() === "" ? undefined : done(typed.trim()))}
    />
  );
};

type RowProps = {
  kept: Kept;
  isChosen: boolean;
  isFirst: boolean;
  isBusy: boolean;
  deeds: FilterDeeds;
  attempt: Try;
};
const Row = ({ kept, isChosen, isFirst, isBusy, deeds, attempt }: RowProps) => {
  const t = savedFilters.useWords();
  const [isRenaming, setRenaming] = useState(false);
  /** Ticked at once; what the server says counts when it has spoken. */
  const [wanted, setWanted] = useState<boolean>();
  const { id, name, isDefault } = kept;
  const begin = async (chosen: boolean): Promise<void> => {
    setWanted(chosen);
    await attempt(() => deeds.begin(id, chosen));
    setWanted(undefined);
  };
  if (isRenaming) {
    const rename = async (typed: string): Promise<void> => {
      if (await attempt(() => deeds.rename(id, typed))) setRenaming(false);
    };
    return (
      <li>
        <Name
          label={t("name")}
          verb={t("rename")}
          first={name}
          focus
          isBusy={isBusy}
          done={(typed) => void rename(typed)}
        />
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        className={styles["pick"]}
        aria-pressed={isChosen}
        autoFocus={isFirst}
        onClick={() => deeds.choose(kept)}
      >
        {name}
      </button>
      <Checkbox
        checked={wanted ?? isDefault}
        disabled={isBusy}
        aria-label={t("toDefault", { name })}
        onChange={(event) => void begin(event.target.checked)}
      >
        {t("isDefault")}
      </Checkbox>
      <Button type="link" size="small" aria-label={t("renameOf", { name })} onClick={() => setRenaming(true)}>
        {t("rename")}
      </Button>
      <Button
        type="link"
        size="small"
        aria-label={t("dropOf", { name })}
        disabled={isBusy}
        onClick={() => void attempt(() => deeds.drop(kept))}
      >
        {t("drop")}
      </Button>
    </li>
  );
};

const useEscape = (close: () => void): void => {
  const current = useRef(close);
  useEffect(() => {
    current.current = close;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.isComposing) current.current();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
};

type ListProps = {
  items: readonly Kept[];
  kept: Kept | undefined;
  isChanged: boolean;
  /** Nothing is narrowed on the page: there is nothing to keep. */
  isEmpty: boolean;
  deeds: FilterDeeds;
  close: () => void;
};
export const FilterList = ({ items, kept, isChanged, isEmpty, deeds, close }: ListProps) => {
  const t = savedFilters.useWords();
  const { error, isBusy, attempt } = useTrying();
  useEscape(close);
  return (
    <div className={styles["filters"]} role="dialog" aria-label={t("choose")}>
      {items.length === 0 ? (
        <p className={styles["quiet"]}>{t("none")}</p>
      ) : (
        <ul>
          {items.map((one, index) => (
            <Row
              key={one.id}
              kept={one}
              isChosen={one.id === kept?.id}
              isFirst={index === 0}
              isBusy={isBusy}
              deeds={deeds}
              attempt={attempt}
            />
          ))}
        </ul>
      )}
      {kept === undefined || !isChanged ? null : (
        <Button loading={isBusy} onClick={() => void attempt(() => deeds.replace(kept))}>
          {t("keepInto", { name: kept.name })}
        </Button>
      )}
      {isEmpty ? (
        <p className={styles["quiet"]}>{t("howTo")}</p>
      ) : (
        <>
          <Name
            label={t("name")}
            verb={t("keep")}
            focus={items.length === 0}
            isBusy={isBusy}
            done={(name) => void attempt(() => deeds.keep(name))}
          />
          <Button onClick={() => deeds.choose(undefined)}>{t("clear")}</Button>
        </>
      )}
      <Problem error={error} />
    </div>
  );
};
