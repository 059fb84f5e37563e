/** The buildings that are tested on a day. */
import { useNavigate } from "@tanstack/react-router";
import { call } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import styles from "./pressure.module.css";
import type { TestFilter } from "./routes.ts";
import { useTestColumns } from "./test-columns.tsx";
import { words } from "./words.ts";

export const DayTests = ({ day, filter }: { day: string; filter: TestFilter }) => {
  const t = words.useWords();
  const navigate = useNavigate();
  const columns = useTestColumns();
  const data = usePages(
    ["get", "/pressure-tests", { day, ...filter }],
    async (cursor) =>
      (
        await call.GET("/pressure-tests", {
          params: { query: { day, ...filter, ...(cursor === undefined ? {} : { cursor }) } },
        })
      ).data,
  );
  return (
    <section className={styles["panel"]} aria-label={t("onDay", { day })}>
      <h2 className={styles["heading"]}>{t("onDay", { day })}</h2>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        open={(row) => void navigate({ to: "/pressure-tests/$testId", params: { testId: row.testNo } })}
        empty={t("noneOnDay")}
        label={t("onDay", { day })}
      />
    </section>
  );
};
