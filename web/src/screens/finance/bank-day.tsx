/** One bank day of a channel: the bridge from our side to the file's, its files, the bank's credit, differences, the certificate. */
import { Link, useParams } from "@tanstack/react-router";
import { Alert, Button, Spin, Tag } from "antd";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { tellDone } from "#web/furniture/above.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { whoText } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { useChannelNames } from "#web/furniture/channel-name.tsx";
import { Certificate } from "./bank-day-certificate.tsx";
import { CreditButton } from "./bank-day-credit.tsx";
import { BRIDGE_PARTS, type BridgePart } from "./bridge-parts.ts";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";
import { work } from "./words-work.ts";

type Day = Answer<"get", "/bank-days/{channel}/{day}">;

const CLASS_OF: Readonly<Partial<Record<BridgePart, string>>> = {
  oursOnly: "ours-only",
  amount: "amount",
  bankOnly: "bank-only",
  unknownAccount: "unknown-account",
  duplicate: "duplicate",
  state: "state",
};

const BridgeRow = ({
  name,
  side,
  isSum = false,
}: {
  name: React.ReactNode;
  side: { items: number; fen: number } | null;
  isSum?: boolean;
}) => (
  <tr className={isSum ? styles["sum"] : ""}>
    <th scope="row">{name}</th>
    <td>{side?.items ?? ""}</td>
    <td>{side === null ? "" : <Money fen={side.fen} sign={false} />}</td>
  </tr>
);

const Bridge = ({ day }: { day: Day }) => {
  const t = bank.useWords();
  const shown = BRIDGE_PARTS.filter((part) => {
    const side = day.differences[part];
    return side !== undefined && (side.items !== 0 || side.fen !== 0);
  });
  return (
    <section className={styles["panel"]} aria-label={t("bridge")}>
      <h2>
        {t("bridge")}{" "}
        <Tag color={day.closes ? "success" : "error"}>{t(day.closes ? "closes" : "closesNot")}</Tag>
      </h2>
      <table className={styles["numbers"]}>
        <thead>
          <tr>
            <th scope="col">{t("part")}</th>
            <th scope="col">{t("count")}</th>
            <th scope="col">{t("sum")}</th>
          </tr>
        </thead>
        <tbody>
          <BridgeRow name={t("ours")} side={day.ours} isSum />
          {shown.map((part) => {
            const kind = CLASS_OF[part];
            return (
              <BridgeRow
                key={part}
                name={
                  kind === undefined ? (
                    t(part)
                  ) : (
                    <Link
                      to="/finance/breaks"
                      search={{ channel: day.channel, day: day.day, class: kind, state: "all" }}
                    >
                      {t(part)}
                    </Link>
                  )
                }
                side={day.differences[part] ?? null}
              />
            );
          })}
          <BridgeRow name={t("file")} side={day.file} isSum />
          <BridgeRow name={t("gap")} side={day.gap} isSum />
        </tbody>
      </table>
    </section>
  );
};

const Files = ({ day }: { day: Day }) => {
  const t = bank.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("files")}>
      <h2>{t("files")}</h2>
      {day.files.length === 0 ? <p className={styles["quiet"]}>{t("noFile")}</p> : null}
      {day.files.map((file) => (
        <p key={file.id}>
          <Link to="/finance/imported/$id" params={{ id: file.id }}>
            {file.fileName}
          </Link>{" "}
          {t("items", { count: file.lineCount })} <Money fen={file.totalFen} />
        </p>
      ))}
      <h2>{t("credits")}</h2>
      {day.statement.credits === 0 ? (
        <p className={styles["quiet"]}>{t("noCredit")}</p>
      ) : (
        <Facts
          rows={[
            [t("credited"), <Money key="credited" fen={day.statement.creditedFen} />],
            [t("fee"), <Money key="fee" fen={day.statement.feeFen} />],
            [t("settleGap"), <Money key="gap" fen={day.statement.gapFen} />],
          ]}
        />
      )}
    </section>
  );
};

const Breaks = ({ day }: { day: Day }) => {
  const t = bank.useWords();
  const say = work.useWords();
  const word = useCodes();
  return (
    <section className={styles["panel"]} aria-label={t("breaks")}>
      <h2>
        {t("breaks")}{" "}
        {day.breaks.length === 0 ? null : (
          <Link to="/finance/breaks" search={{ channel: day.channel, day: day.day }}>
            {t("toWork")}
          </Link>
        )}
      </h2>
      {day.breaks.length === 0 ? <p className={styles["quiet"]}>{t("noBreaks")}</p> : null}
      <ul>
        {day.breaks.map((one) => (
          <li key={one.id}>
            <Link
              to="/finance/breaks"
              search={{ channel: day.channel, day: day.day, id: one.id, state: "all" }}
            >
              {say(`class.${one.class}` as Parameters<typeof say>[0])}
            </Link>{" "}
            <Money fen={one.bankAmountFen ?? one.ourAmountFen} />{" "}
            <span className={one.state === "open" ? styles["bad"] : styles["quiet"]}>
              {one.resolution === null
                ? say("isOpen", { who: whoText(one.owner, one.ownerName) || word("role", one.ownerRole) })
                : say(`resolution.${one.resolution}` as Parameters<typeof say>[0])}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};

export const BankDay = () => {
  const t = bank.useWords();
  const may = useMay();
  const params = useParams({ from: "/inside/finance/bank-days/$channel/$day" });
  const nameOf = useChannelNames();
  const path = { params: { path: params } };
  const { data, error, refetch, dataUpdatedAt } = api.useQuery("get", "/bank-days/{channel}/{day}", path);
  const reconcile = api.useMutation("post", "/bank-days/{channel}/{day}/reconciliation", {
    onSuccess: () => {
      tellDone(t("reconcile"));
      void forget("/bank-days/{channel}/{day}", "/bank-board", "/bank-breaks");
    },
  });
  return (
    <>
      <PageBar
        title={`${nameOf(params.channel)} · ${params.day}`}
        readAt={dataUpdatedAt}
        actions={
          may("bank.import") ? (
            <>
              <CreditButton {...params} />
              <Button loading={reconcile.isPending} onClick={() => reconcile.mutate(path)}>
                {t("reconcile")}
              </Button>
            </>
          ) : null
        }
      >
        {data === undefined ? null : (
          <Tag>{t(`state.${data.state as "none" | "open" | "reconciled" | "certified"}`)}</Tag>
        )}
        <Link to="/finance/bank-days">{t("days")}</Link>
      </PageBar>
      <Problem error={error ?? reconcile.error} again={() => void refetch()} />
      {data === undefined ? (
        error === null ? (
          <Spin />
        ) : null
      ) : (
        <div className={styles["columns"]}>
          <div className={styles["stack"]}>
            {data.state === "open" && data.closes && may("bank.import") ? (
              <Alert type="info" showIcon title={t("pressAgain")} />
            ) : null}
            <Bridge day={data} />
            <Certificate {...params} certificate={data.certificate} />
          </div>
          <div className={styles["stack"]}>
            <Files day={data} />
            <Breaks day={data} />
          </div>
        </div>
      )}
    </>
  );
};
