/** Who would get a case: by the table that is looked at, at a building, now; with everybody who was asked before. */
import { Alert, Button, Form, Select } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { BuildingChoice, type Place } from "./building-choice.tsx";
import { useCategoryChoices } from "./setting-shown.tsx";
import { words } from "./words.ts";

type Trial = Answer<"post", "/routing/trials">;
type Link = Trial["chain"][number];

type StepKey = Extract<keyof (typeof words.texts)["zh-CN"], `trial.step.${string}`>;
const isStep = (key: string): key is StepKey => key in words.texts["zh-CN"];
const stepWord = (step: string): string => {
  const key = `trial.step.${step}`;
  return isStep(key) ? words.say(key) : step;
};

const Outcome = ({ trial }: { trial: Trial }) => {
  const t = words.useWords();
  const role = language() === "en" ? trial.roleNameEn : trial.roleName;
  return (
    <>
      <Alert
        type={trial.person === null ? "warning" : "success"}
        showIcon
        title={
          trial.person === null
            ? t("trial.list", { role })
            : t("trial.goes", { name: trial.person.name, login: trial.person.login, role })
        }
        description={[
          t(`trial.rule.${trial.rule}`),
          t(`level.${trial.level}`),
          `${t("boundary")} ${t(`boundary.${trial.boundary}`)}`,
          trial.station ?? "",
        ]
          .filter((part) => part !== "")
          .join(" · ")}
      />
      <Table<Link>
        aria-label={t("trial.chain")}
        rowKey={(row) => `${row.position} ${row.step} ${row.person?.login ?? ""}`}
        dataSource={trial.chain}
        columns={[
          { title: t("trial.step"), width: 140, render: (_, row) => stepWord(row.step) },
          {
            title: t("who"),
            render: (_, row) => (row.person === null ? "–" : `${row.person.name} · ${row.person.login}`),
          },
          {
            title: t("trial.open"),
            align: "right",
            width: 120,
            render: (_, row) =>
              row.openCount === null
                ? ""
                : row.openLimit === null
                  ? row.openCount
                  : `${row.openCount} / ${row.openLimit}`,
          },
          { title: t("trial.outcome"), width: 140, render: (_, row) => t(`trial.outcome.${row.outcome}`) },
        ]}
      />
    </>
  );
};

export const RoutingTrial = ({ tableId }: { tableId: string }) => {
  const t = words.useWords();
  const categories = useCategoryChoices();
  const [category, setCategory] = useState<string>();
  const [places, setPlaces] = useState<readonly Place[]>([]);
  const look = api.useMutation("post", "/routing/trials");
  const ask = (): void => {
    if (category === undefined) return;
    look.mutate({ body: { category, buildingId: places[0]?.id ?? null, tableId } });
  };
  return (
    <section className={styles["panel"]} aria-label={t("trialTitle")}>
      <h2>{t("trialTitle")}</h2>
      <Form layout="inline" onFinish={ask}>
        <Form.Item label={t("category")} htmlFor="trial-category">
          <Select
            id="trial-category"
            style={{ width: 200 }}
            showSearch={{ optionFilterProp: "label" }}
            value={category ?? null}
            onChange={(chosen) => {
              setCategory(chosen ?? undefined);
              look.reset();
            }}
            options={[...categories]}
          />
        </Form.Item>
        <Form.Item label={t("building")}>
          <BuildingChoice
            places={places}
            onlyBuildings
            change={(chosen) => {
              setPlaces(chosen.slice(-1));
              look.reset();
            }}
          />
        </Form.Item>
        <Button htmlType="submit" disabled={category === undefined} loading={look.isPending}>
          {t("tryOut")}
        </Button>
      </Form>
      <Problem error={look.error} />
      {look.data === undefined ? (
        <p className={styles["quiet"]}>{t("trialHint")}</p>
      ) : (
        <div className={styles["spaced"]}>
          <Outcome trial={look.data} />
        </div>
      )}
    </section>
  );
};
