/** One test: what is to be done, who knows of it, doors, papers, readings, leaks, and who will be away. */
import { Link, useParams } from "@tanstack/react-router";
import { Radio } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { useLive } from "#web/api/use-live.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Absences } from "./absences.tsx";
import { Gaps } from "./gaps.tsx";
import { Leaks } from "./leaks.tsx";
import { type Paper, PAPERS, readTestAgain } from "./about-test.ts";
import { Papers } from "./papers.tsx";
import styles from "./pressure.module.css";
import { PropertyFirm } from "./property-firm.tsx";
import { ReachMap } from "./reach-map.tsx";
import { Readings } from "./readings.tsx";
import { isStage, STAGE_WORDS, STATE_TONES, type Test, windowOf } from "./states.ts";
import { TestCommands } from "./test-commands.tsx";
import { recordWords } from "./words-record.ts";
import { words } from "./words.ts";

const TestFacts = ({ test }: { test: Test }) => {
  const t = words.useWords();
  const { round } = test;
  const stage = (code: string): string => (isStage(code) ? t(STAGE_WORDS[code]) : code);
  return (
    <section className={styles["panel"]} aria-label={t("told")}>
      <Facts
        rows={[
          [t("window"), windowOf(test, dateTime)],
          [
            t("round"),
            <Link key="round" to="/pressure-tests/rounds/$roundId" params={{ roundId: round.id }}>
              {round.title}
            </Link>,
          ],
          [
            t("required"),
            round.requiredKpa === null
              ? null
              : t("held", {
                  kpa: round.requiredKpa,
                  minutes: round.holdMinutes ?? 0,
                  drop: round.allowedDropKpa ?? 0,
                }),
          ],
          [t("contact"), `${round.contactName} ${round.contactNumber}`],
          [t("firm"), <PropertyFirm key="firm" test={test} />],
          [t("begun"), dateTime(test.begunAt)],
          [t("ended"), dateTime(test.endedAt)],
          [t("result"), test.resultNote],
          [
            t("retestOf"),
            test.retestOf === null ? null : (
              <Link key="retest" to="/pressure-tests/$testId" params={{ testId: test.retestOf }}>
                {test.retestOf}
              </Link>
            ),
          ],
          ...test.windows
            .filter(({ endedBy }) => endedBy !== null)
            .map((one) => [t("windows"), `${windowOf(one, dateTime)} ${one.reason}`] as const),
          ...test.tellings.map(
            (one) =>
              [
                t("told"),
                <span key={`${one.windowNo} ${one.stage}`}>
                  {stage(one.stage)} {dateTime(one.toldAt)}{" "}
                  {one.noticeId === null ? null : (
                    <Link to="/notices/$noticeId" params={{ noticeId: one.noticeId }}>
                      {t("noticeLink", { id: one.noticeId })}
                    </Link>
                  )}
                </span>,
              ] as const,
          ),
        ]}
      />
    </section>
  );
};

export const TestPage = () => {
  const t = words.useWords();
  const say = recordWords.useWords();
  const { testId = "" } = useParams({ strict: false });
  const [paper, setPaper] = useState<Paper>("notice");
  const { data, error, refetch, dataUpdatedAt } = api.useQuery("get", "/pressure-tests/{id}", {
    params: { path: { id: testId } },
  });
  useLive(["pressure-test.changed"], () => void readTestAgain());
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  return (
    <>
      <PageBar title={`${data.testNo} ${data.community}${data.building}`} readAt={dataUpdatedAt}>
        <Mark tone={STATE_TONES[data.state]}>{t(`state.${data.state}`)}</Mark>
        <span className={styles["quiet"]}>{t(`kind.${data.kind}`)}</span>
      </PageBar>
      <TestCommands test={data} />
      <div className={styles["row"]}>
        <span>{say("paper")}</span>
        <Radio.Group
          aria-label={say("paper")}
          optionType="button"
          value={paper}
          onChange={(event) => setPaper(event.target.value as Paper)}
          options={PAPERS.map((one) => ({ value: one, label: say(`paper.${one}`) }))}
        />
      </div>
      <div className={styles["columns"]}>
        <div>
          <ReachMap testId={data.id} paper={paper} />
          <Gaps testId={data.id} paper={paper} />
        </div>
        <div>
          <TestFacts test={data} />
          <Papers test={data} paper={paper} />
          <Readings test={data} />
          <Leaks test={data} />
          <Absences test={data} />
        </div>
      </div>
    </>
  );
};
