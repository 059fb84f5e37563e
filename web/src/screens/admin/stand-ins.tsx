/** Who is away, and who sits at which desk and so stands in for whom. */
import { Button } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { laterDialog } from "#web/furniture/later.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { rowsOf } from "./rows.ts";
import { standInWords } from "./words-stand-ins.ts";

const NewAbsence = laterDialog(async () => (await import("./absence-dialogs.tsx")).NewAbsence);
const JoinDesk = laterDialog(async () => (await import("./absence-dialogs.tsx")).JoinDesk);

type Absence = Item<"/staff/absences">;
type Role = Answer<"get", "/routing/roles">["roles"][number];
const today = (): string => houseToday().format("YYYY-MM-DD");

const Absences = () => {
  const t = standInWords.useWords();
  const [isEntering, setEntering] = useState(false);
  const end = api.useMutation("post", "/staff/absences/{id}/end");
  const data = usePages(["get", "/staff/absences"], (cursor) =>
    call
      .GET("/staff/absences", { params: { query: cursor === undefined ? {} : { cursor } } })
      .then((answer) => answer.data),
  );
  return (
    <section className={styles["panel"]} aria-label={t("absences")}>
      <div className={styles["row"]}>
        <h2>{t("absences")}</h2>
        <Button onClick={() => setEntering(true)}>{t("enter")}</Button>
        <span className={styles["quiet"]}>{t("absencesHelp")}</span>
      </div>
      <DataTable<Absence>
        data={data}
        rowKey={(row) => row.id}
        columns={[
          { title: t("who"), render: (_, row) => `${row.displayName} · ${row.login}` },
          { title: t("kind"), width: 90, render: (_, row) => t(`kind.${row.kind}`) },
          { title: t("from"), width: 110, dataIndex: "from" },
          { title: t("untilShort"), width: 110, render: (_, row) => row.until ?? t("open") },
          {
            title: "",
            key: "do",
            width: 130,
            render: (_, row) => (
              <Button
                size="small"
                loading={end.isPending}
                onClick={() =>
                  end.mutate(
                    { params: { path: { id: row.id } }, body: { backOn: today() } },
                    { onSuccess: () => void forget("/staff/absences", "/network/areas") },
                  )
                }
              >
                {t("back")}
              </Button>
            ),
          },
        ]}
        empty={t("noAbsence")}
        label={t("absences")}
      />
      <Problem error={end.error} />
      {isEntering ? <NewAbsence close={() => setEntering(false)} /> : null}
    </section>
  );
};

const Desks = () => {
  const t = standInWords.useWords();
  const query = api.useQuery("get", "/routing/roles");
  const leave = api.useMutation("post", "/routing/roles/{role}/members/{login}/end");
  const [joining, setJoining] = useState<Role>();
  const nameOf = (role: Role): string => (language() === "en" ? role.nameEn : role.name);
  const takeAway = (role: string, login: string): void =>
    leave.mutate(
      { params: { path: { role, login } }, body: { from: today() } },
      { onSuccess: () => void forget("/routing/roles", "/routing/tables/{tableId}/coverage") },
    );
  return (
    <section className={styles["panel"]} aria-label={t("desks")}>
      <div className={styles["row"]}>
        <h2>{t("desks")}</h2>
        <span className={styles["quiet"]}>{t("desksHelp")}</span>
      </div>
      <DataTable<Role>
        data={rowsOf(
          query,
          query.data?.roles.filter(({ desk }) => desk),
        )}
        rowKey={(row) => row.code}
        columns={[
          { title: t("desk"), width: 200, render: (_, row) => nameOf(row) },
          {
            title: t("members"),
            render: (_, row) =>
              row.members.length === 0 ? (
                t("nobody")
              ) : (
                <span className={styles["row"]}>
                  {row.members.map((login) => (
                    <span key={login}>
                      {login}{" "}
                      <Button
                        size="small"
                        type="link"
                        aria-label={t("leave", { who: login })}
                        disabled={leave.isPending}
                        onClick={() => takeAway(row.code, login)}
                      >
                        ×
                      </Button>
                    </span>
                  ))}
                </span>
              ),
          },
          {
            title: "",
            key: "do",
            width: 130,
            render: (_, row) => (
              <Button size="small" onClick={() => setJoining(row)}>
                {t("join")}
              </Button>
            ),
          },
        ]}
        empty={t("noDesk")}
        label={t("desks")}
      />
      <Problem error={leave.error} />
      {joining === undefined ? null : (
        <JoinDesk role={joining.code} name={nameOf(joining)} close={() => setJoining(undefined)} />
      )}
    </section>
  );
};

export const StandIns = () => {
  const may = useMay();
  if (!may("routing.settings")) return null;
  return (
    <>
      <Absences />
      <Desks />
    </>
  );
};
