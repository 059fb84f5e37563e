/** Where a supervisor's day begins: yesterday in five cards, today's service under them. */
import { Link } from "@tanstack/react-router";
import { Tag } from "antd";
import { api } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { dateTime, dayOf } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useNow } from "#web/furniture/use-now.ts";
import { wordIn } from "./figures.ts";
import styles from "./management.module.css";
import { ReportNumber } from "./number.tsx";
import { Figures } from "./report-view.tsx";
import { type SheetName, SHEETS, sheetWords } from "./words-sheets.ts";
import { words } from "./words.ts";

const DAY_MS = 86_400_000;
const SHOWN: Readonly<Record<SheetName, readonly string[]>> = {
  collection: ["spanFen", "receivedFen", "rateFen", "rateFenBefore", "unpaidHomes"],
  money: ["oursFen", "gapFen", "suspenseFen", "doubtfulFen", "suspenseOldest"],
  hotline: ["calls", "answerRate", "lostOpen", "newCases", "openCases", "timely"],
  referrals: ["received", "overdue", "dueToday", "bouncedTwice", "satisfiedRate"],
  supply: ["suppliedHomes", "notOpened", "notClosed", "leaks", "roomRate"],
};

const SheetCard = ({ day, sheet }: { day: string; sheet: SheetName }) => {
  const t = words.useWords();
  const say = sheetWords.useWords();
  const { data, error } = api.useQuery(
    "get",
    "/morning-sheets/{day}/{sheet}",
    { params: { path: { day, sheet } } },
    { retry: false },
  );
  // Whoever is bound to areas has no sheet of the whole company.
  if (error !== null && problemOf(error).code === "report.whole-company") return null;
  return (
    <section className={styles["card"]} aria-label={say(sheet)}>
      <h3>
        <Link to="/sheets/$day/$sheet" params={{ day, sheet }}>
          {say(sheet)}
        </Link>
        {data !== undefined && data.report.findings.length > 0 ? <Tag color="red">{t("red")}</Tag> : null}
      </h3>
      <Problem error={error} />
      {data === undefined ? null : (
        <dl>
          {SHOWN[sheet].flatMap((code) => {
            const figure = data.report.figures.find((one) => one.code === code);
            if (figure === undefined) return [];
            const label = wordIn(data.words, code);
            return [
              <dt key={`${code} name`}>{label}</dt>,
              <dd key={code}>
                <ReportNumber
                  {...figure}
                  label={label}
                  params={{ from: day, to: day }}
                  values={data.values}
                />
              </dd>,
            ];
          })}
        </dl>
      )}
      {data === undefined ? null : (
        <p className={styles["base"]}>
          {data.frozenAt === null ? t("countedNow") : t("frozen", { at: dateTime(data.frozenAt) })}
        </p>
      )}
    </section>
  );
};

const useToday = (today: string) =>
  api.useQuery(
    "get",
    "/boards/service",
    { params: { query: { from: today, to: today } } },
    { refetchInterval: 60_000 },
  );

const Today = ({ today }: { today: string }) => {
  const t = words.useWords();
  const { data, error, refetch } = useToday(today);
  return (
    <section>
      <h2 className={styles["gridTitle"]}>
        <Link to="/boards/service" search={{ from: today, to: today }}>
          {t("liveToday")}
        </Link>
      </h2>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? null : (
        <Figures
          figures={data.report.figures}
          said={{ words: data.words, values: data.values, params: { from: today, to: today } }}
        />
      )}
    </section>
  );
};

export const Overview = () => {
  const t = words.useWords();
  // By the house's clock, which the browser's need not be.
  const now = useNow(60_000);
  const [today, yesterday] = [
    dayOf(new Date(now).toISOString()),
    dayOf(new Date(now - DAY_MS).toISOString()),
  ];
  const { data } = useToday(today);
  return (
    <>
      <PageBar title={t("overview")} asOf={data?.asOf} />
      <h2 className={styles["gridTitle"]}>
        {t("yesterday")} {yesterday}
      </h2>
      <div className={styles["cards"]}>
        {SHEETS.map((sheet) => (
          <SheetCard key={sheet} day={yesterday} sheet={sheet} />
        ))}
      </div>
      <Today today={today} />
    </>
  );
};
