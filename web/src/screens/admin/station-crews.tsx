/** Who is in the crew of which station: they are asked when a case goes to the station. */
import { Button, Form, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { DayField } from "#web/furniture/day-field.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { AskFields } from "./ask-fields.tsx";
import { usePeopleChoices } from "./people-choices.ts";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Member = Item<"/network/station-crews">;
const dayOf = (day: Dayjs): string => day.format("YYYY-MM-DD");
const again = (close: () => void) => ({
  onSuccess: () => void forget("/network/station-crews").then(close),
});

const Joining = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const people = usePeopleChoices();
  const network = api.useQuery("get", "/network");
  const join = api.useMutation("post", "/network/stations/{stationId}/crew");
  const needed = [{ required: true, message: say("required") }];
  return (
    <AskFields<{ stationId: string; staffId: string; from: Dayjs }>
      title={t("joinStation")}
      first={{ from: houseToday() }}
      error={people.error ?? network.error ?? join.error}
      isSending={join.isPending}
      send={({ stationId, staffId, from }) =>
        join.mutate({ params: { path: { stationId } }, body: { staffId, from: dayOf(from) } }, again(close))
      }
      close={close}
    >
      <Form.Item name="stationId" label={t("station")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          loading={network.isFetching}
          options={(network.data?.heatSources ?? []).flatMap(({ stations }) =>
            stations.map(({ id, name }) => ({ value: id, label: name })),
          )}
        />
      </Form.Item>
      <Form.Item name="staffId" label={t("who")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          loading={people.isReading}
          options={people.choices}
        />
      </Form.Item>
      <Form.Item name="from" label={t("from")} rules={needed}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

const Leaving = ({ member, close }: { member: Member; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const leave = api.useMutation("post", "/network/stations/{stationId}/crew/{staffId}/end");
  const { stationId, staffId } = member;
  return (
    <AskFields<{ from: Dayjs }>
      title={t("leavesTitle", { name: member.name, crew: member.station })}
      first={{ from: houseToday().add(1, "day") }}
      error={leave.error}
      isSending={leave.isPending}
      send={({ from }) =>
        leave.mutate({ params: { path: { stationId, staffId } }, body: { from: dayOf(from) } }, again(close))
      }
      close={close}
    >
      <Form.Item name="from" label={t("lastDay")} rules={[{ required: true, message: say("required") }]}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

export const StationCrews = () => {
  const t = words.useWords();
  const mayChange = useMay()("network.write");
  const query = api.useQuery("get", "/network/station-crews");
  const [isJoining, setJoining] = useState(false);
  const [leaving, setLeaving] = useState<Member>();
  const columns: ColumnsType<Member> = [
    { title: t("station"), dataIndex: "station" },
    { title: t("name"), dataIndex: "name" },
    { title: t("login"), dataIndex: "login" },
    { title: t("since"), dataIndex: "from" },
    {
      title: "",
      key: "do",
      width: 90,
      render: (_, row) =>
        mayChange ? (
          <Button size="small" onClick={() => setLeaving(row)}>
            {t("leaves")}
          </Button>
        ) : null,
    },
  ];
  return (
    <section className={styles["panel"]}>
      {mayChange ? (
        <p>
          <Button type="primary" onClick={() => setJoining(true)}>
            {t("joinStation")}
          </Button>
        </p>
      ) : null}
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={(row) => `${row.stationId} ${row.staffId}`}
        columns={columns}
        empty={t("noStationCrew")}
        label={t("crews.station")}
      />
      {isJoining ? <Joining close={() => setJoining(false)} /> : null}
      {leaving === undefined ? null : <Leaving member={leaving} close={() => setLeaving(undefined)} />}
    </section>
  );
};
