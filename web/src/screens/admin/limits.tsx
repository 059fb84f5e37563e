/** How many open cases one person takes before the next is asked: by duty, and for a person of their own. */
import { Button, Form, InputNumber, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { DayField } from "#web/furniture/day-field.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { AskFields } from "./ask-fields.tsx";
import { usePeopleChoices } from "./people-choices.ts";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Capacities = Answer<"get", "/network/capacities">;
type OfDuty = Capacities["duties"][number];
type OfPerson = Capacities["people"][number];
const MOST = 10_000;
const again = () => forget("/network/capacities");

const DutyLimit = ({ row }: { row: OfDuty }) => {
  const t = words.useWords();
  const say = common.useWords();
  const [typed, setTyped] = useState<number | null>(row.openLimit);
  const put = api.useMutation("put", "/network/capacities/duties/{duty}");
  return (
    <span className={styles["row"]}>
      <InputNumber
        size="small"
        aria-label={`${t("openLimit")} ${t(`limit.${row.duty}`)}`}
        min={0}
        max={MOST}
        precision={0}
        value={typed}
        onChange={setTyped}
      />
      <Button
        size="small"
        disabled={typed === null || typed === row.openLimit}
        loading={put.isPending}
        onClick={() =>
          typed === null
            ? undefined
            : put.mutate(
                { params: { path: { duty: row.duty } }, body: { openLimit: typed } },
                { onSuccess: () => void again() },
              )
        }
      >
        {say("save")}
      </Button>
      <Problem error={put.error} />
    </span>
  );
};

const OwnLimit = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const people = usePeopleChoices();
  const put = api.useMutation("put", "/network/capacities/people/{staffId}");
  const needed = [{ required: true, message: say("required") }];
  return (
    <AskFields<{ staffId: string; openLimit: number; from: Dayjs }>
      title={t("setOwnLimit")}
      first={{ from: houseToday() }}
      error={people.error ?? put.error}
      isSending={put.isPending}
      send={({ staffId, openLimit, from }) =>
        put.mutate(
          { params: { path: { staffId } }, body: { openLimit, from: from.format("YYYY-MM-DD") } },
          { onSuccess: () => void again().then(close) },
        )
      }
      close={close}
    >
      <Form.Item name="staffId" label={t("who")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          loading={people.isReading}
          options={people.choices}
        />
      </Form.Item>
      <Form.Item name="openLimit" label={t("openLimit")} rules={needed}>
        <InputNumber min={0} max={MOST} precision={0} />
      </Form.Item>
      <Form.Item name="from" label={t("from")} rules={needed}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

export const Limits = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/network/capacities");
  const put = api.useMutation("put", "/network/capacities/people/{staffId}");
  const [isSetting, setSetting] = useState(false);
  const toDuty = ({ staffId }: OfPerson): void =>
    put.mutate(
      {
        params: { path: { staffId } },
        body: { openLimit: null, from: houseToday().format("YYYY-MM-DD") },
      },
      { onSuccess: () => void again() },
    );
  return (
    <>
      <section className={styles["panel"]}>
        <p className={styles["quiet"]}>{t("limitHint")}</p>
        <DataTable<OfDuty>
          data={rowsOf(query, query.data?.duties)}
          rowKey={(row) => row.duty}
          columns={[
            { title: t("duty"), width: 220, render: (_, row) => t(`limit.${row.duty}`) },
            { title: t("openLimit"), render: (_, row) => <DutyLimit key={row.openLimit} row={row} /> },
          ]}
          empty={t("nothing")}
          label={t("crews.limits")}
        />
      </section>
      <section className={styles["panel"]}>
        <div className={styles["row"]}>
          <h2>{t("ownLimits")}</h2>
          <Button size="small" onClick={() => setSetting(true)}>
            {t("setOwnLimit")}
          </Button>
        </div>
        <Problem error={put.error} />
        <DataTable<OfPerson>
          data={rowsOf(query, query.data?.people)}
          rowKey={(row) => row.staffId}
          columns={[
            { title: t("who"), render: (_, row) => `${row.name} · ${row.login}` },
            { title: t("openLimit"), dataIndex: "openLimit", align: "right", width: 160 },
            {
              title: "",
              key: "do",
              width: 140,
              render: (_, row) => (
                <Button size="small" onClick={() => toDuty(row)}>
                  {t("byDuty")}
                </Button>
              ),
            },
          ]}
          empty={t("noOwnLimit")}
          label={t("ownLimits")}
        />
      </section>
      {isSetting ? <OwnLimit close={() => setSetting(false)} /> : null}
    </>
  );
};
