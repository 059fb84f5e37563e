/** Pressure as read from the gauge, with a witness. */
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import type { Body } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { instantOfWallTime, wallTimeOf } from "#web/furniture/wall-time.ts";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./pressure.module.css";
import type { Test } from "./states.ts";
import { readTestAgain } from "./about-test.ts";
import { recordWords } from "./words-record.ts";
import { words } from "./words.ts";

type Reading = Body<"post", "/pressure-tests/{id}/readings">;
const WITNESSES = ["property-firm", "household", "committee", "company"] as const;
const NUMBERS = ["startKpa", "holdMinutes", "endKpa"] as const;
const TEXTS = ["gaugeNo", "measurer", "witness"] as const;

const emptyOf = (test: Test) => ({
  measuredAt: wallTimeOf(new Date(houseNow()).toISOString()),
  startKpa: String(test.round.requiredKpa ?? ""),
  holdMinutes: String(test.round.holdMinutes ?? ""),
  endKpa: "",
  gaugeNo: "",
  measurer: "",
  witness: "",
  witnessOf: "property-firm" as Reading["witnessOf"],
  note: "",
});
type Draft = ReturnType<typeof emptyOf>;

const readingOf = (draft: Draft): Reading | null => {
  const measuredAt = instantOfWallTime(draft.measuredAt);
  const numbers = NUMBERS.map((name) => (draft[name].trim() === "" ? Number.NaN : Number(draft[name])));
  const isWhole = numbers.every((one) => Number.isInteger(one));
  if (measuredAt === undefined || !isWhole || TEXTS.some((name) => draft[name].trim() === "")) return null;
  const [startKpa = 0, holdMinutes = 0, endKpa = 0] = numbers;
  return {
    measuredAt,
    startKpa,
    holdMinutes,
    endKpa,
    gaugeNo: draft.gaugeNo.trim(),
    measurer: draft.measurer.trim(),
    witness: draft.witness.trim(),
    witnessOf: draft.witnessOf,
    ...(draft.note.trim() === "" ? {} : { note: draft.note.trim() }),
  };
};

const ReadingForm = ({ test }: { test: Test }) => {
  const t = recordWords.useWords();
  const say = words.useWords();
  const { draft, keep, clear } = useDraft<Draft>(`reading-${test.id}`, emptyOf(test));
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const reading = readingOf(draft);
  const save = async (): Promise<void> => {
    if (reading === null || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await call.POST("/pressure-tests/{id}/readings", {
        params: { path: { id: test.id } },
        body: reading,
      });
      clear();
      await readTestAgain();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const field = (name: (typeof NUMBERS)[number] | (typeof TEXTS)[number] | "measuredAt" | "note") => (
    <Form.Item key={name} label={t(name)} htmlFor={`reading-${name}`}>
      <Input
        id={`reading-${name}`}
        type={name === "measuredAt" ? "datetime-local" : "text"}
        inputMode={name in draft && NUMBERS.some((one) => one === name) ? "numeric" : "text"}
        maxLength={name === "note" ? 500 : 60}
        value={draft[name]}
        onChange={(event) => keep({ [name]: event.target.value })}
      />
    </Form.Item>
  );
  return (
    <Form layout="vertical" onFinish={() => void save()}>
      <div className={styles["two"]}>
        {(["measuredAt", ...NUMBERS, ...TEXTS] as const).map(field)}
        <Form.Item label={t("witnessOf")} htmlFor="reading-witnessOf">
          <Select
            id="reading-witnessOf"
            value={draft.witnessOf}
            onChange={(witnessOf) => keep({ witnessOf })}
            options={WITNESSES.map((code) => ({ value: code, label: t(`witness.${code}`) }))}
          />
        </Form.Item>
        {field("note")}
      </div>
      <Button htmlType="submit" disabled={reading === null} loading={isBusy}>
        {say("reading")}
      </Button>
      <Problem error={error} />
    </Form>
  );
};

export const Readings = ({ test }: { test: Test }) => {
  const t = recordWords.useWords();
  const may = useMay();
  if (test.kind !== "pressure") return null;
  return (
    <section className={styles["panel"]} aria-label={t("readings")}>
      <h2 className={styles["heading"]}>{t("readings")}</h2>
      {test.readings.length === 0 ? (
        <Empty text={t("noReadings")} />
      ) : (
        <Table
          aria-label={t("readings")}
          rowKey="ordinal"
          dataSource={test.readings}
          columns={[
            { title: t("measuredAt"), render: (_, row) => dateTime(row.measuredAt).slice(5) },
            { title: "kPa", render: (_, row) => `${row.startKpa} > ${row.endKpa} (-${row.dropKpa})` },
            { title: t("holdMinutes"), dataIndex: "holdMinutes" },
            { title: t("gaugeNo"), dataIndex: "gaugeNo" },
            { title: t("measurer"), dataIndex: "measurer" },
            {
              title: t("witness"),
              render: (_, row) => `${row.witness} (${t(`witness.${row.witnessOf}`)})`,
            },
          ]}
        />
      )}
      {test.state === "running" && may("pressure-test.write") ? <ReadingForm test={test} /> : null}
    </section>
  );
};
