/** Households that will be away: for each somebody finds out who has the key. */
import { Link } from "@tanstack/react-router";
import { Input } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./pressure.module.css";
import type { Test } from "./states.ts";
import { readTestAgain } from "./about-test.ts";
import { recordWords } from "./words-record.ts";

const SOURCES = ["message", "call", "counter"] as const;

export const Absences = ({ test }: { test: Test }) => {
  const t = recordWords.useWords();
  const may = useMay();
  const [accountNo, setAccountNo] = useState("");
  const [error, setError] = useState<unknown>(null);
  const add = async (): Promise<void> => {
    if (accountNo.trim() === "") return;
    setError(null);
    try {
      await call.POST("/pressure-tests/{id}/absences", {
        params: { path: { id: test.id } },
        body: { accountNo: accountNo.normalize("NFKC").trim() },
      });
      setAccountNo("");
      await readTestAgain();
    } catch (refused) {
      setError(refused);
    }
  };
  const sourceOf = (source: string): string => {
    const known = SOURCES.find((one) => source.startsWith(one));
    return known === undefined ? source : t(`said.${known}`);
  };
  return (
    <section className={styles["panel"]} aria-label={t("absences")}>
      <h2 className={styles["heading"]}>{t("absences")}</h2>
      {test.absences.length === 0 ? <Empty text={t("noAbsences")} /> : null}
      {test.absences.map((one) => (
        <p key={one.taskId}>
          <Link to="/households/$accountNo" params={{ accountNo: one.accountNo }}>
            {one.accountNo}
          </Link>{" "}
          {one.address} · {sourceOf(one.source)} {dateTime(one.saidAt)} {one.note}
        </p>
      ))}
      {may("pressure-test.away") ? (
        <Input.Search
          aria-label={t("addAbsence")}
          placeholder={t("addAbsence")}
          value={accountNo}
          maxLength={32}
          enterButton={t("add")}
          onChange={(event) => setAccountNo(event.target.value)}
          onSearch={() => void add()}
        />
      ) : null}
      <Problem error={error} />
    </section>
  );
};
