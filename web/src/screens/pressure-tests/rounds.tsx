/** What was planned together, the youngest first. */
import { useNavigate } from "@tanstack/react-router";
import { call } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import styles from "./pressure.module.css";
import { words } from "./words.ts";

export const Rounds = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const data = usePages(
    ["get", "/pressure-rounds"],
    async (cursor) =>
      (
        await call.GET("/pressure-rounds", {
          params: { query: { limit: 20, ...(cursor === undefined ? {} : { cursor }) } },
        })
      ).data,
  );
  return (
    <section className={styles["panel"]} aria-label={t("rounds")}>
      <h2 className={styles["heading"]}>{t("rounds")}</h2>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={[
          { title: t("name"), dataIndex: "title" },
          { title: t("planned"), render: (_, row) => dateTime(row.plannedAt).slice(5) },
        ]}
        open={(row) => void navigate({ to: "/pressure-tests/rounds/$roundId", params: { roundId: row.id } })}
        empty={t("noRounds")}
        label={t("rounds")}
      />
    </section>
  );
};
