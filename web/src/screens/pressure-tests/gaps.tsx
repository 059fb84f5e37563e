/** The doors to knock on, as one walks; what became of each is written down beside it. */
import { Button, Input, Popover } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./pressure.module.css";
import { type Paper, readTestAgain } from "./about-test.ts";
import { recordWords } from "./words-record.ts";

type Gap = Answer<"get", "/pressure-tests/{id}/gaps">["items"][number];
const OUTCOMES = ["nobody-home", "refused", "no-access"] as const;
type Outcome = "told" | (typeof OUTCOMES)[number];
type Write = (gap: Gap, outcome: Outcome, note: string) => Promise<void>;

/** A door that did not answer needs a word on what is done about it. */
const NotTold = ({ gap, outcome, write }: { gap: Gap; outcome: (typeof OUTCOMES)[number]; write: Write }) => {
  const t = recordWords.useWords();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const send = async (): Promise<void> => {
    await write(gap, outcome, note.trim());
    setOpen(false);
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      title={`${gap.stairwell} ${gap.label} · ${t(`knock.${outcome}`)}`}
      content={
        <Input.Search
          autoFocus
          aria-label={t("note")}
          placeholder={t("noteHint")}
          maxLength={300}
          value={note}
          enterButton={t("write")}
          onChange={(event) => setNote(event.target.value)}
          onSearch={() => void send()}
        />
      }
    >
      <Button size="small">{t(`knock.${outcome}`)}</Button>
    </Popover>
  );
};

export const Gaps = ({ testId, paper }: { testId: string; paper: Paper }) => {
  const t = recordWords.useWords();
  const may = useMay();
  const [refused, setRefused] = useState<unknown>(null);
  const { data, error, refetch } = api.useQuery("get", "/pressure-tests/{id}/gaps", {
    params: { path: { id: testId }, query: { paper } },
  });
  const write: Write = async (gap, outcome, note) => {
    setRefused(null);
    try {
      await call.POST("/pressure-tests/{id}/doors", {
        params: { path: { id: testId } },
        body: { premisesId: gap.premisesId, paper, outcome, ...(note === "" ? {} : { note }) },
      });
      await readTestAgain();
    } catch (problem) {
      setRefused(problem);
    }
  };
  const mayWrite = may("pressure-test.write");
  return (
    <section className={styles["panel"]} aria-label={t("gaps")}>
      <h2 className={styles["heading"]}>
        {t("gaps")} {data === undefined ? "" : data.items.length}
      </h2>
      <Problem error={error ?? refused} again={() => void refetch()} />
      <Table<Gap>
        aria-label={t("gaps")}
        className={styles["stacked"] ?? ""}
        rowKey="premisesId"
        dataSource={data?.items ?? []}
        atOnce={20}
        empty={<Empty text={t("noGaps")} />}
        columns={[
          { title: t("stairwell"), dataIndex: "stairwell" },
          { title: t("door"), dataIndex: "label" },
          {
            title: t("reason"),
            render: (_, row) =>
              row.knowsFormer ? `${t(`gap.${row.reason}`)} · ${t("knowsFormer")}` : t(`gap.${row.reason}`),
          },
          {
            title: t("knock"),
            render: (_, row) => (
              <span className={styles["row"]}>
                {row.knock === null ? null : <strong>{t(`knock.${row.knock}`)}</strong>}
                {mayWrite ? (
                  <>
                    <Button size="small" type="primary" ghost onClick={() => void write(row, "told", "")}>
                      {t("knock.told")}
                    </Button>
                    {OUTCOMES.map((outcome) => (
                      <NotTold key={outcome} gap={row} outcome={outcome} write={write} />
                    ))}
                  </>
                ) : null}
              </span>
            ),
          },
        ]}
      />
    </section>
  );
};
