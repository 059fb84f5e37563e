/** Why a case lies where it lies: every assignment with the chain that was walked. */
import { api } from "#web/api/client.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Who, whoText } from "#web/furniture/who.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { ticketWords } from "../words-ticket.ts";
import styles from "./cases.module.css";

export const RouteExplained = ({ ticketNo }: { ticketNo: string }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const { data, error } = api.useQuery("get", "/tickets/{ticketNo}/route", {
    params: { path: { ticketNo } },
  });
  const reasons = api.useQuery("get", "/routing/return-reasons", {}, { staleTime: 600_000 });
  const reasonOf = (code: string, english: string | null): string => {
    if (language() === "en" && english !== null) return english;
    const found = reasons.data?.reasons.find((one) => one.code === code);
    return found === undefined ? code : language() === "en" ? found.nameEn : found.name;
  };
  if (error !== null) return <Problem error={error} />;
  return (
    <section className={styles["panel"]} aria-label={t("route")}>
      <h2>
        {t("route")}
        {data !== undefined && data.bounces > 0 ? ` · ${t("bounces", { count: data.bounces })}` : ""}
      </h2>
      {data !== undefined && data.assignments.length === 0 ? <p>{t("routeNone")}</p> : null}
      <ol className={styles["lines"]}>
        {(data?.assignments ?? []).map((one) => (
          <li key={one.id} className={styles["block"]}>
            <span className={styles["quiet"]}>{dateTime(one.decidedAt)}</span>
            <span>
              {t(`cause.${one.cause}`)} · {t(`rule.${one.rule}`)} · {word("level", one.level)}{" "}
              {word("role", one.role)} {one.area ?? ""}{" "}
              <strong>
                {one.login === null ? t("chosen.nobody") : <Who login={one.login} name={one.loginName} />}
              </strong>
              {one.reason === null ? "" : ` (${reasonOf(one.reason, one.reasonEn)})`}
              <br />
              <span className={styles["chain"]}>
                {t("looked")}:{" "}
                {one.chain
                  .map(({ step, login, loginName, outcome }) =>
                    [stepWord(t, step), whoText(login, loginName), t(`chosen.${outcome}`)].join(" ").trim(),
                  )
                  .join(" → ")}
              </span>
            </span>
          </li>
        ))}
      </ol>
      {(data?.returns ?? []).map((one) => (
        <p key={one.number} className={styles["chain"]}>
          {dateTime(one.returnedAt)} {t("return")} <Who login={one.login} name={one.loginName} /> {one.words}
        </p>
      ))}
      {(data?.rulings ?? []).map((one) => (
        <p key={one.ruledAt} className={styles["chain"]}>
          {dateTime(one.ruledAt)} {t("ruling")} <Who login={one.login} name={one.loginName} /> {one.words}
        </p>
      ))}
    </section>
  );
};

type Words = ReturnType<typeof ticketWords.useWords>;
type StepKey = Extract<keyof (typeof ticketWords.texts)["zh-CN"], `step.${string}`>;

/** "duty:manager" and the like: the source in words, what it looked for as it is. */
const stepWord = (t: Words, step: string): string => {
  const [source = "", ...rest] = step.split(/[: ]/);
  const key = `step.${source}`;
  const isStep = (text: string): text is StepKey => text in ticketWords.texts["zh-CN"];
  return [isStep(key) ? t(key) : source, ...rest].join(" ");
};
