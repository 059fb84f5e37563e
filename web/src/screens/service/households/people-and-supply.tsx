/** Who answers for the household, and how it is heated. Numbers are masked; the telephone dials them unseen. */
import { Button } from "antd";
import { api } from "#web/api/client.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { MaskedOfPerson } from "#web/furniture/masked.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Account } from "./types.ts";

type Person = Account["people"][number];

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

export const People = ({ account }: { account: Account }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const may = useMay();
  return (
    <section className={styles["panel"]} aria-label={t("people")}>
      <h2>{t("people")}</h2>
      <ul className={styles["lines"]}>
        {account.people.map((person) => (
          <li key={person.personId + person.role} className={styles["line"]}>
            <strong>
              {person.kind === "organisation" ? (
                person.name
              ) : (
                <MaskedOfPerson
                  accountNo={account.accountNo}
                  personId={person.personId}
                  field="name"
                  shown={person.name}
                />
              )}
            </strong>
            <span className={styles["quiet"]}>{word("person", person.role)}</span>
            <span className={styles["phones"]}>
              {person.phones.map(({ number, confirmed }, position) => (
                <span key={number + String(position)}>
                  <MaskedOfPerson
                    accountNo={account.accountNo}
                    personId={person.personId}
                    field="phone"
                    position={position}
                    shown={number}
                  />
                  {confirmed === false ? ` (${t("unconfirmed")})` : ""}
                </span>
              ))}
            </span>
            {may("hotline.work") && person.phones.length > 0 ? (
              <Dial accountNo={account.accountNo} person={person} />
            ) : null}
          </li>
        ))}
      </ul>
      {account.holds.map((hold) => (
        <p key={hold.id}>
          <strong>{word("hold", hold.kind)}</strong> {hold.reason}{" "}
          <span className={styles["quiet"]}>
            {hold.startsOn} {hold.endsOn === null ? t("forever") : t("until", { day: hold.endsOn })}
          </span>
        </p>
      ))}
    </section>
  );
};

export const Supply = ({ account }: { account: Account }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const { station, area } = account;
  return (
    <section className={styles["panel"]} aria-label={t("supply")}>
      <h2>{t("supply")}</h2>
      {account.chargePoints.map(({ chargePoint, name, terms, supply, valve }) => (
        <div key={chargePoint}>
          {account.chargePoints.length > 1 ? <h3>{t("chargePoint", { n: chargePoint, name })}</h3> : null}
          <p className={styles["state"]}>
            {supply === null ? "" : t("since", { state: word("supply", supply.state), day: supply.since })} ·{" "}
            {valve === null ? "" : t("since", { state: word("valve", valve.state), day: valve.since })}
          </p>
          <Facts
            rows={[
              [t("area"), terms === null ? null : `${terms.billingAreaM2} m²`],
              [t("class"), word("heat", terms?.heatClass)],
              [t("loop"), word("loop", terms?.loopType)],
            ]}
          />
        </div>
      ))}
      <Facts
        rows={[
          [
            t("station"),
            station === null
              ? null
              : `${station.name} ${word("station", station.owner)} ${station.propertyFirmName ?? ""} ${station.propertyFirmPhone ?? ""}`,
          ],
          [t("manager"), area === null ? null : `${area.name} ${area.manager ?? ""}`],
          [
            t("aliases"),
            account.aliases.map(({ kind, value }) => `${word("alias", kind)} ${value}`).join(" · "),
          ],
          [t("openedOn"), account.openedOn],
        ]}
      />
    </section>
  );
};
