/** The holidays and make-up days of a year, with the notice that orders each; a later notice wins. */
import { Button, Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dayOf } from "#web/furniture/format.ts";
import { Tall } from "#web/furniture/tall.tsx";
import styles from "./admin.module.css";
import { HolidayNotice } from "./holiday-notice.tsx";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

const thisYear = (): number => Number(dayOf(new Date(houseNow()).toISOString()).slice(0, 4));

export const Holidays = () => {
  const t = words.useWords();
  const [year, setYear] = useState(thisYear);
  const [isEntering, setEntering] = useState(false);
  const query = api.useQuery("get", "/holidays", { params: { query: { year } } });
  return (
    <section className={styles["panel"]}>
      <div className={styles["row"]}>
        <h2>{t("holidaysTitle")}</h2>
        <Button size="small" aria-label={t("yearBefore")} onClick={() => setYear(year - 1)}>
          ‹
        </Button>
        <strong>{year}</strong>
        <Button size="small" aria-label={t("yearAfter")} onClick={() => setYear(year + 1)}>
          ›
        </Button>
        <Button size="small" type="primary" onClick={() => setEntering(true)}>
          {t("newNotice")}
        </Button>
      </div>
      <Tall label={t("holidaysTitle")}>
        <DataTable
          data={rowsOf(query, query.data?.items)}
          rowKey={(row) => row.day}
          columns={[
            { title: t("date"), dataIndex: "day", width: 100 },
            { title: t("name"), dataIndex: "name", width: 76 },
            {
              title: t("state"),
              width: 60,
              render: (_, row) => (
                <Tag color={row.working ? "processing" : "success"}>
                  {t(row.working ? "workDay" : "dayOff")}
                </Tag>
              ),
            },
            { title: t("document"), dataIndex: "document", ellipsis: true },
          ]}
          empty={t("noHoliday", { year })}
          label={t("holidaysTitle")}
        />
      </Tall>
      {isEntering ? <HolidayNotice year={year} close={() => setEntering(false)} /> : null}
    </section>
  );
};
