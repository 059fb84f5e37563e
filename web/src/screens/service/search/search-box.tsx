/** The search box of the frame, for everybody who may read households: Ctrl+K, then to what was chosen. */
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { call } from "#web/api/client.ts";
import { Finder } from "#web/furniture/finder.tsx";
import type { Hit } from "#web/furniture/finder-hits.ts";
import { useIsPhone } from "#web/furniture/use-is-phone.ts";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useMay } from "#web/api/session.ts";
import { finderWords } from "#web/words/finder.ts";
import styles from "./search.module.css";

/** The household that a receipt was given to; undefined for one of several homes without a first. */
const householdOfReceipt = async (id: string): Promise<string | undefined> =>
  (await call.GET("/receipts/{id}", { params: { path: { id } } })).data?.lines[0]?.accountNo;

export const SearchBox = () => {
  const t = finderWords.useWords();
  const may = useMay();
  const isPhone = useIsPhone();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const isOn = may("account.read");
  useShortcut("$mod+k", t("label"), () => input.current?.focus(), isOn);
  if (!isOn) return null;
  const go = async (hit: Hit): Promise<void> => {
    // What is pressed next is for the page that opens.
    input.current?.blur();
    const { ticketNo, accountNo } = hit;
    if (hit.kind === "referrals" && hit.id !== undefined) {
      await navigate({ to: "/referrals/$id", params: { id: hit.id } });
      return;
    }
    if (hit.kind === "tickets") {
      if (ticketNo !== undefined) await navigate({ to: "/tickets/$ticketNo", params: { ticketNo } });
      return;
    }
    const household = hit.kind === "receipts" && hit.id ? await householdOfReceipt(hit.id) : accountNo;
    if (household !== undefined)
      await navigate({ to: "/households/$accountNo", params: { accountNo: household } });
  };
  return (
    <div className={styles["box"]} role="search">
      <Finder
        inputRef={input}
        pick={(hit) => void go(hit)}
        placeholder={isPhone ? t("placeholder") : `${t("placeholder")} (Ctrl+K)`}
      />
    </div>
  );
};
