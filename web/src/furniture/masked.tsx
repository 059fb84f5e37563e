/**
 * What is masked, and the way to see it: one field at a time, with a reason, counted and audited by the server. It is hidden
 * again after a minute, and never in an address, a draft or a cache.
 */
import { Button, Input, Popover } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { call } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { masked } from "#web/words/masked.ts";
import styles from "./furniture.module.css";
import { Problem } from "./problem.tsx";

const SHOWN_MS = 60_000;
const REASONS = ["callBack", "checkIdentity", "visit", "correct"] as const;
type What = "name" | "phone" | "mail" | "caller";

type Props = {
  /** As the server masked it: 138****5678. */
  readonly shown: ReactNode;
  /** What it is, for the button's name. */
  readonly what: What;
  /** Who may see it; without it only the mask is there. */
  readonly permission: string;
  /** Asks the server; a refusal is shown beside the reason. */
  readonly reveal: (reason: string) => Promise<string>;
};

const Asking = ({
  what,
  reveal,
  seen,
}: Pick<Props, "what" | "reveal"> & { seen: (value: string) => void }) => {
  const t = masked.useWords();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = async (why: string): Promise<void> => {
    if (why.trim().length < 2 || isAsking) return;
    setAsking(true);
    setError(null);
    try {
      seen(await reveal(why.trim()));
    } catch (refused) {
      setError(refused);
    } finally {
      setAsking(false);
    }
  };
  return (
    <div className={styles["asking"]}>
      <span className={styles["asOf"]}>{t("counted")}</span>
      <div className={styles["reasons"]}>
        {REASONS.map((one) => (
          <Button key={one} size="small" disabled={isAsking} onClick={() => void ask(t(one))}>
            {t(one)}
          </Button>
        ))}
      </div>
      <Input.Search
        autoFocus
        aria-label={t("why")}
        placeholder={t("why")}
        maxLength={200}
        value={reason}
        loading={isAsking}
        enterButton={t("showWhat", { what: t(what) })}
        onChange={(event) => setReason(event.target.value)}
        onSearch={(typed) => void ask(typed)}
      />
      <Problem error={error} />
    </div>
  );
};

export const Masked = ({ shown, what, permission, reveal }: Props) => {
  const t = masked.useWords();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const [value, setValue] = useState<string>();
  useEffect(() => {
    if (value === undefined) return;
    const timer = window.setTimeout(() => setValue(undefined), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  if (value !== undefined) {
    return (
      <span className={styles["revealed"]} title={t("hides")}>
        {value}
      </span>
    );
  }
  if (!may(permission)) return <>{shown}</>;
  return (
    <span className={styles["masked"]}>
      {shown}
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        title={t("showWhat", { what: t(what) })}
        destroyOnHidden
        content={
          <Asking
            what={what}
            reveal={reveal}
            seen={(seen) => {
              setOpen(false);
              setValue(seen);
            }}
          />
        }
      >
        <Button size="small" type="link" aria-label={t("showWhat", { what: t(what) })}>
          {t("show")}
        </Button>
      </Popover>
    </span>
  );
};

/** A name, number or address of somebody on an account; `position` is its place in the account's list. */
export const MaskedOfPerson = ({
  accountNo,
  personId,
  field,
  position = 0,
  shown,
}: {
  accountNo: string;
  personId: string;
  field: "name" | "phone" | "mail";
  position?: number;
  shown: ReactNode;
}) => (
  <Masked
    shown={shown}
    what={field}
    permission="account.reveal"
    reveal={async (reason) => {
      const { data } = await call.POST("/accounts/{accountNo}/people/{personId}/reveal", {
        params: { path: { accountNo, personId } },
        body: { field, position, reason },
      });
      return data?.value ?? "";
    }}
  />
);

/** Who called about a case, name and number together. */
export const MaskedCaller = ({ ticketNo, shown }: { ticketNo: string; shown: ReactNode }) => (
  <Masked
    shown={shown}
    what="caller"
    permission="ticket.write"
    reveal={async (reason) => {
      const { data } = await call.POST("/tickets/{ticketNo}/caller", {
        params: { path: { ticketNo } },
        body: { reason },
      });
      return [data?.callerName, data?.callerNumber].filter((part) => part !== null).join(" ");
    }}
  />
);
