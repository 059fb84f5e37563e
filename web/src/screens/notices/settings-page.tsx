/** What is decided beforehand: which greeting goes on which festival, and which texts one person may send at once. */
import { Alert, Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { tellUndo } from "#web/furniture/undo.tsx";
import { Table } from "#web/furniture/table.tsx";
import { EmergencyTexts } from "./emergency-texts.tsx";
import { fitting } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { settingsWords } from "./words-settings.ts";

type Festival = Answer<"get", "/notice-festivals">["items"][number];

const useGreetings = (): string[] => {
  const { data } = api.useQuery("get", "/message-templates", {}, { staleTime: 600_000 });
  return fitting(data?.items ?? [], { purpose: "greeting", channels: ["sms"], locale: "zh-CN" }).map(
    ({ name }) => name,
  );
};

const NewFestival = ({ done }: { done: (draftedId: string | null) => void }) => {
  const t = settingsWords.useWords();
  const greetings = useGreetings();
  const [day, setDay] = useState("");
  const [name, setName] = useState("");
  const [template, setTemplate] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const isReady = day !== "" && name.trim() !== "" && template !== undefined;
  const save = async (): Promise<void> => {
    if (!isReady) return;
    setError(null);
    try {
      const { data } = await call.PUT("/notice-festivals", { body: { day, name: name.trim(), template } });
      setName("");
      await forget("/notice-festivals");
      done(data?.drafted ?? null);
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <Form layout="inline" onFinish={() => void save()}>
        <Form.Item label={t("day")} htmlFor="festival-day">
          <Input id="festival-day" type="date" value={day} onChange={(event) => setDay(event.target.value)} />
        </Form.Item>
        <Form.Item label={t("name")} htmlFor="festival-name">
          <Input
            id="festival-name"
            maxLength={40}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Form.Item>
        <Form.Item label={t("template")} htmlFor="festival-template">
          <Select<string>
            id="festival-template"
            popupMatchSelectWidth={false}
            value={template ?? null}
            onChange={setTemplate}
            options={greetings.map((one) => ({ value: one, label: one }))}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" disabled={!isReady}>
          {t("save")}
        </Button>
      </Form>
      <Problem error={error} />
    </>
  );
};

const Festivals = () => {
  const t = settingsWords.useWords();
  const { data, error, refetch } = api.useQuery("get", "/notice-festivals");
  const [drafted, setDrafted] = useState<string | null>(null);
  const [refused, setRefused] = useState<unknown>(null);
  const remove = async ({ id, day, name, template }: Festival): Promise<void> => {
    setRefused(null);
    try {
      const { data: gone } = await call.DELETE("/notice-festivals/{id}", { params: { path: { id } } });
      setDrafted(gone?.drafted ?? null);
      await forget("/notice-festivals");
      tellUndo(t("removed", { name }), async () => {
        await call.PUT("/notice-festivals", { body: { day, name, template } });
        await forget("/notice-festivals");
      });
    } catch (problem) {
      setRefused(problem);
    }
  };
  return (
    <section className={styles["panel"]} aria-label={t("festivals")}>
      <h2 className={styles["heading"]}>{t("festivals")}</h2>
      <p className={styles["quiet"]}>{t("festivalsAbout")}</p>
      <NewFestival done={setDrafted} />
      {drafted === null ? null : <Alert type="warning" showIcon title={t("drafted", { id: drafted })} />}
      <Problem error={error ?? refused} again={() => void refetch()} />
      <Table
        aria-label={t("festivals")}
        rowKey="id"
        dataSource={data?.items ?? []}
        empty={<Empty text={t("noFestivals")} />}
        columns={[
          { title: t("day"), dataIndex: "day" },
          { title: t("name"), dataIndex: "name" },
          { title: t("template"), dataIndex: "template" },
          {
            title: "",
            render: (_, row) => (
              <Button size="small" onClick={() => void remove(row)}>
                {t("remove")}
              </Button>
            ),
          },
        ]}
      />
    </section>
  );
};

export const NoticeSettings = () => {
  const t = settingsWords.useWords();
  return (
    <>
      <PageBar title={t("title")} />
      <div className={styles["columns"]}>
        <Festivals />
        <EmergencyTexts />
      </div>
    </>
  );
};
