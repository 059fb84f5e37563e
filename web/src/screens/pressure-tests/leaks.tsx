/** Leaks that were reported while water was in. */
import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./pressure.module.css";
import type { Test } from "./states.ts";
import { readTestAgain } from "./about-test.ts";
import { recordWords } from "./words-record.ts";

export const Leaks = ({ test }: { test: Test }) => {
  const t = recordWords.useWords();
  const word = useCodes();
  const may = useMay();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>(null);
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setError(null);
    try {
      await work();
      await readTestAgain();
    } catch (refused) {
      setError(refused);
    }
  };
  const of = { params: { path: { id: test.id } } };
  const join = (): Promise<void> =>
    run(async () => {
      await call.POST("/pressure-tests/{id}/leaks", { ...of, body: { ticketNo: typed.trim() } });
      setTyped("");
    });
  const mayWrite = may("pressure-test.write");
  return (
    <section className={styles["panel"]} aria-label={t("leaks")}>
      <h2 className={styles["heading"]}>{t("leaks")}</h2>
      {test.leaks.length === 0 ? <Empty text={t("noLeaks")} /> : null}
      {test.leaks.map((leak) => (
        <p key={leak.ticketNo} className={styles["row"]}>
          <Link to="/tickets/$ticketNo" params={{ ticketNo: leak.ticketNo }}>
            {leak.ticketNo}
          </Link>
          {word("ticket", leak.state)} · {t("reported")} {dateTime(leak.reportedAt)} · {t("acknowledged")}{" "}
          {dateTime(leak.acknowledgedAt)} · {t("isolated")} {dateTime(leak.isolatedAt)}
          {leak.isolatedAt === null && mayWrite ? (
            <Button
              size="small"
              danger
              onClick={() =>
                void run(() =>
                  call.POST("/pressure-tests/{id}/isolations", { ...of, body: { ticketNo: leak.ticketNo } }),
                )
              }
            >
              {t("isolate")}
            </Button>
          ) : null}
        </p>
      ))}
      {mayWrite ? (
        <Input.Search
          aria-label={t("joinLeak")}
          placeholder={t("joinLeak")}
          value={typed}
          maxLength={20}
          enterButton={t("add")}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={() => void join()}
        />
      ) : null}
      <Problem error={error} />
    </section>
  );
};
