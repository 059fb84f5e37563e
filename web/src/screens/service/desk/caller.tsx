/** Who calls: the household of the number, a choice where it has several, and binding where it has none. */
import { Button, Input } from "antd";
import { useRef, useState } from "react";
import { api } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { Finder } from "#web/furniture/finder.tsx";
import { phoneText } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { minutesAndSeconds, useNow } from "#web/furniture/use-now.ts";
import { useCodes } from "#web/words/codes.ts";
import { deskWords } from "../words-desk.ts";
import styles from "./desk.module.css";
import { Contacts, HouseholdCard, Today, Trouble } from "./household-card.tsx";
import { type Call, forgetCalls, type Pop } from "./use-desk.ts";
import { useWrapUp } from "./wrap-up.tsx";

type Place = Body<"post", "/hotline/calls/{id}/bind">;

const useBind = (call: Call) => {
  const send = api.useMutation("post", "/hotline/calls/{id}/bind");
  const bind = (place: Place): void =>
    send.mutate({ params: { path: { id: call.id } }, body: place }, { onSuccess: () => void forgetCalls() });
  return { bind, error: send.error };
};

const CallLine = ({ call, pop }: { call: Call; pop: Pop }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const now = useNow();
  const end = call.finishedAt === null ? now : Date.parse(call.finishedAt);
  const began = Date.parse(call.answeredAt ?? call.beganAt);
  const accountNo = pop.household?.accountNo ?? call.accountNo;
  const caller = pop.households.find((household) => household.accountNo === accountNo);
  const isUnknown = call.number !== null && pop.households.length === 0 && call.accountNo === null;
  return (
    <p className={styles["callLine"]}>
      <strong>{call.number === null ? t("withheld") : phoneText(call.number)}</strong>{" "}
      {caller === undefined ? null : (
        <span>
          {caller.person} {word("person", caller.role)}
        </span>
      )}{" "}
      {word("call", call.state)} {minutesAndSeconds((end - began) / 1000)}
      {isUnknown ? <span className={styles["warning"]}> {t("unknown")}</span> : null}
    </p>
  );
};

type Candidate = Pop["households"][number];

const Choice = ({ n, household, choose }: { n: number; household: Candidate; choose: () => void }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  useShortcut(String(n), t("chooseKey", { n }), choose, n < 10);
  return (
    <li>
      <button type="button" onClick={choose}>
        {n < 10 ? <kbd>{n}</kbd> : null}
        <span>
          {household.address} {household.person} {word("person", household.role)}
          {household.care ? ` ${word("hold", "care")}` : ""}
        </span>
      </button>
    </li>
  );
};

const Chooser = ({ pop, bind }: { pop: Pop; bind: (place: Place) => void }) => {
  const t = deskWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("who")}>
      <h2>{t("choose", { count: pop.households.length })}</h2>
      <ol className={styles["choices"]}>
        {pop.households.map((household, index) => (
          <Choice
            key={household.accountNo}
            n={index + 1}
            household={household}
            choose={() => bind({ accountNo: household.accountNo })}
          />
        ))}
      </ol>
    </section>
  );
};

/** An address may be another company's: its name and number are told, and the call is counted as theirs. */
const LookUp = ({ place, call }: { place: string; call: Call }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const ask = api.useMutation("post", "/other-companies/look-up");
  const wrapUp = useWrapUp(call);
  const company = ask.data?.company ?? null;
  return (
    <>
      <Button disabled={place === ""} onClick={() => ask.mutate({ body: { place } })}>
        {t("lookUp")}
      </Button>
      {ask.data === undefined ? null : company === null ? (
        <span className={styles["quiet"]}>{t("nobodyElses")}</span>
      ) : (
        <span>
          {t("othersCustomer", { name: company.name, phone: company.phone })}{" "}
          <Button size="small" onClick={() => wrapUp.give({ code: "other-company", companyId: company.id })}>
            {word("wrap-up", "other-company")}
          </Button>
        </span>
      )}
      <Problem error={ask.error ?? wrapUp.error} />
    </>
  );
};

const Binder = ({ call, bind }: { call: Call; bind: (place: Place) => void }) => {
  const t = deskWords.useWords();
  const [address, setAddress] = useState(call.addressText);
  const input = useRef<HTMLInputElement>(null);
  useShortcut("b", t("keysBind"), () => input.current?.focus());
  const place = address.trim();
  return (
    <section className={styles["panel"]} aria-label={t("bind")}>
      <h2>{t("bind")}</h2>
      <Finder
        inputRef={input}
        label={t("bindFind")}
        placeholder={`${t("bindPlaceholder")} (b)`}
        kinds={["accounts", "communities", "buildings"]}
        pick={({ accountNo }) => {
          if (accountNo !== undefined) bind({ accountNo });
        }}
      />
      <div className={styles["actions"]}>
        <Input
          aria-label={t("bindAddress")}
          placeholder={t("bindAddress")}
          value={address}
          maxLength={200}
          className={styles["address"] ?? ""}
          onChange={(event) => setAddress(event.target.value)}
        />
        <Button
          disabled={place === "" || place === call.addressText}
          onClick={() => bind({ addressText: place })}
        >
          {t("bindAddressKeep")}
        </Button>
        <LookUp place={place} call={call} />
      </div>
    </section>
  );
};

export const Caller = ({ call, pop }: { call: Call; pop: Pop }) => {
  const t = deskWords.useWords();
  const { bind, error } = useBind(call);
  const [again, setAgain] = useState(false);
  const { household } = pop;
  const isOpen = household === null || again;
  const chosen = (place: Place): void => {
    setAgain(false);
    bind(place);
  };
  return (
    <>
      <CallLine call={call} pop={pop} />
      <Problem error={error} />
      {isOpen && pop.households.length > 1 ? <Chooser pop={pop} bind={chosen} /> : null}
      {isOpen ? <Binder call={call} bind={chosen} /> : null}
      {household === null ? (
        <>
          <Trouble call={call} incident={pop.incident} />
          <Today today={pop.today} />
          <Contacts contacts={pop.contacts} />
        </>
      ) : (
        <HouseholdCard call={call} household={household} />
      )}
      {household === null || again ? null : (
        <Button size="small" type="text" onClick={() => setAgain(true)}>
          {t("otherHousehold")}
        </Button>
      )}
    </>
  );
};
