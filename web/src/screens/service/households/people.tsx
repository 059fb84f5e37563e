/**
 * Who answers for the household and what holds of it, corrected where it stands. Numbers are masked; the telephone dials them unseen.
 */
import { Button } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { later, laterDialog } from "#web/furniture/later.tsx";
import { MaskedOfPerson } from "#web/furniture/masked.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Account, Person } from "./types.ts";
import { readAgain } from "./use-change.ts";

const ChangePhones = laterDialog(async () => (await import("./change-phones.tsx")).ChangePhones);
const NewPerson = laterDialog(async () => (await import("./new-person.tsx")).NewPerson);
const NewHold = laterDialog(async () => (await import("./new-hold.tsx")).NewHold);
const Consents = later(async () => (await import("./consents.tsx")).Consents);

type Hold = Account["holds"][number];
type Open =
  | { readonly what: "phones" | "end"; readonly person: Person }
  | { readonly what: "release"; readonly hold: Hold }
  | { readonly what: "person" | "hold" | "consents" };
type Opens = (open: Open) => void;

const Dial = ({ accountNo, person }: { accountNo: string; person: Person }) => {
  const t = householdWords.useWords();
  const send = api.useMutation("post", "/hotline/dial");
  return (
    <>
      <Button
        size="small"
        loading={send.isPending}
        onClick={() => send.mutate({ body: { accountNo, personId: person.personId } })}
      >
        {t("dial")}
      </Button>
      {send.data === undefined ? null : (
        <span role="status" className={styles["quiet"]}>
          {t("dialed")}
        </span>
      )}
      <Problem error={send.error} />
    </>
  );
};

const Phones = ({ accountNo, person }: { accountNo: string; person: Person }) => {
  const t = householdWords.useWords();
  return (
    <span className={styles["phones"]}>
      {person.phones.map(({ number, confirmed }, position) => (
        <span key={number + String(position)} className={confirmed === false ? styles["void"] : undefined}>
          <MaskedOfPerson
            accountNo={accountNo}
            personId={person.personId}
            field="phone"
            position={position}
            shown={number}
          />
          {confirmed === false ? ` (${t("wrongNumber")})` : ""}
        </span>
      ))}
    </span>
  );
};

const OnePerson = ({ account, person, open }: { account: Account; person: Person; open: Opens }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const may = useMay();
  const { accountNo } = account;
  const { personId, name, role } = person;
  const reached = person.phones.some(({ confirmed }) => confirmed !== false);
  return (
    <li className={styles["line"]}>
      <strong>
        {person.kind === "organisation" ? (
          name
        ) : (
          <MaskedOfPerson accountNo={accountNo} personId={personId} field="name" shown={name} />
        )}
      </strong>
      <span className={styles["quiet"]}>{word("person", role)}</span>
      <Phones accountNo={accountNo} person={person} />
      {may("hotline.work") && reached ? <Dial accountNo={accountNo} person={person} /> : null}
      {may("account.write") ? (
        <>
          <Button
            size="small"
            aria-label={`${t("correctPhone")} ${word("person", role)}`}
            onClick={() => open({ what: "phones", person })}
          >
            {t("correctPhone")}
          </Button>
          {role === "owner" ? null : (
            <Button
              size="small"
              type="link"
              aria-label={`${t("endRole")} ${word("person", role)}`}
              onClick={() => open({ what: "end", person })}
            >
              {t("endRole")}
            </Button>
          )}
        </>
      ) : null}
    </li>
  );
};

const OneHold = ({ hold, open }: { hold: Hold; open: Opens }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const may = useMay();
  return (
    <p>
      <strong>{word("hold", hold.kind)}</strong> {hold.reason}{" "}
      <span className={styles["quiet"]}>
        {hold.startsOn} {hold.endsOn === null ? t("forever") : t("until", { day: hold.endsOn })}
      </span>{" "}
      {may("account.write") ? (
        <Button
          size="small"
          aria-label={`${t("releaseHold")} ${word("hold", hold.kind)}`}
          onClick={() => open({ what: "release", hold })}
        >
          {t("releaseHold")}
        </Button>
      ) : null}
    </p>
  );
};

/** Sent under the version that is on the page; refused, the page is read again before the same is pressed once more. */
const sendUnder = async (account: Account, act: (header: { "If-Match": string }) => Promise<unknown>) => {
  try {
    await act({ "If-Match": `"${account.version}"` });
  } finally {
    await readAgain();
  }
};

const EndRole = ({ account, person, close }: { account: Account; person: Person; close: () => void }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const { personId, role, name } = person;
  return (
    <AskReason
      title={t("endRoleTitle", { name, role: word("person", role) })}
      verb={t("endRole")}
      close={close}
      act={(reason) =>
        sendUnder(account, (header) =>
          call.POST("/accounts/{accountNo}/people/{personId}/end", {
            params: { path: { accountNo: account.accountNo, personId }, header },
            body: { role, from: houseToday().format("YYYY-MM-DD"), reason },
          }),
        )
      }
    />
  );
};

const Release = ({ account, hold, close }: { account: Account; hold: Hold; close: () => void }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  return (
    <AskReason
      title={`${t("releaseHold")} · ${word("hold", hold.kind)}`}
      verb={t("releaseHold")}
      close={close}
      act={(reason) =>
        sendUnder(account, (header) =>
          call.POST("/accounts/{accountNo}/holds/{holdId}/release", {
            params: { path: { accountNo: account.accountNo, holdId: hold.id }, header },
            body: { reason },
          }),
        )
      }
    />
  );
};

const Dialog = ({ account, open, close }: { account: Account; open: Open; close: () => void }) => {
  const common = { account, close };
  switch (open.what) {
    case "phones":
      return <ChangePhones {...common} personId={open.person.personId} />;
    case "end":
      return <EndRole {...common} person={open.person} />;
    case "release":
      return <Release {...common} hold={open.hold} />;
    case "person":
      return <NewPerson {...common} />;
    case "hold":
      return <NewHold {...common} />;
    case "consents":
      return <Consents {...common} />;
  }
};

export const People = ({ account }: { account: Account }) => {
  const t = householdWords.useWords();
  const may = useMay();
  const [open, setOpen] = useState<Open>();
  return (
    <section className={styles["panel"]} aria-label={t("people")}>
      <h2>{t("people")}</h2>
      <ul className={styles["lines"]}>
        {account.people.map((person) => (
          <OnePerson key={person.personId + person.role} account={account} person={person} open={setOpen} />
        ))}
      </ul>
      {account.holds.map((hold) => (
        <OneHold key={hold.id} hold={hold} open={setOpen} />
      ))}
      {may("account.write") ? (
        <p className={styles["deeds"]}>
          <Button size="small" onClick={() => setOpen({ what: "person" })}>
            {t("addPerson")}
          </Button>
          <Button size="small" onClick={() => setOpen({ what: "consents" })}>
            {t("consents")}
          </Button>
          <Button size="small" onClick={() => setOpen({ what: "hold" })}>
            {t("addHold")}
          </Button>
        </p>
      ) : null}
      {open === undefined ? null : <Dialog account={account} open={open} close={() => setOpen(undefined)} />}
    </section>
  );
};
