/** The board of bank days: days by channels; what has come, what is late, what is left to do. Every number opens its list. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Input, Select, Spin, Tag } from "antd";
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { timeOf } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { whoText } from "#web/furniture/who.tsx";
import { channelChoice, channelText } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import { tallyOf } from "./board-tally.ts";
import styles from "./finance.module.css";
import { bankDaysSearchOf } from "./routes.ts";
import { bank } from "./words-bank.ts";

type Board = Answer<"get", "/bank-board">;
type Cell = Board["cells"][number];

const COLORS = { none: "default", open: "error", reconciled: "processing", certified: "success" } as const;

const CellView = ({ cell }: { cell: Cell }) => {
  const t = bank.useWords();
  const params = { channel: cell.channel, day: cell.day };
  return (
    <div className={styles["cell"]}>
      <Link to="/finance/bank-days/$channel/$day" params={params}>
        {cell.files === 0 && cell.state === "none" ? (
          <span className={cell.late ? styles["bad"] : styles["quiet"]}>
            {t(cell.late ? "late" : "noFile")}
          </span>
        ) : (
          <Tag color={COLORS[cell.state]}>{t(`state.${cell.state}`)}</Tag>
        )}
      </Link>
      {cell.files === 0 ? null : (
        <Link to="/finance/bank-days/$channel/$day" params={params}>
          {t("items", { count: cell.items })} <Money fen={cell.fileFen} />
        </Link>
      )}
      {cell.unfinished ? <Tag color="warning">{t("unfinished")}</Tag> : null}
      {cell.openBreaks === 0 ? null : (
        <Link className={styles["bad"] ?? ""} to="/finance/breaks" search={params}>
          {t("breaksLeft", { count: cell.openBreaks })} <Money fen={cell.openBreaksFen} />
        </Link>
      )}
      {cell.late && cell.dueAt !== null ? (
        <span className={styles["quiet"]}>{t("lateAt", { at: timeOf(cell.dueAt) })}</span>
      ) : null}
      {cell.certifiedBy === null ? null : (
        <span className={styles["quiet"]}>
          {t("byWhom", { who: whoText(cell.certifiedBy, cell.certifiedByName) })}
        </span>
      )}
    </div>
  );
};

const BoardTable = ({ board }: { board: Board }) => {
  const t = bank.useWords();
  const cells = new Map(board.cells.map((cell) => [`${cell.channel} ${cell.day}`, cell]));
  return (
    <table className={styles["board"]} aria-label={t("days")}>
      <thead>
        <tr>
          <th scope="col">{t("day")}</th>
          {board.channels.map((channel) => (
            <th key={channel.code} scope="col">
              {channelText(channel, language())}
              <br />
              <span className={styles["quiet"]} translate="no">
                {channel.code}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {board.days.map((day) => (
          <tr key={day}>
            <th scope="row">{day}</th>
            {board.channels.map(({ code }) => {
              const cell = cells.get(`${code} ${day}`);
              return <td key={code}>{cell === undefined ? null : <CellView cell={cell} />}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const onlyOf = (board: Board, channel: string): Board => ({
  ...board,
  channels: board.channels.filter(({ code }) => code === channel),
  cells: board.cells.filter((cell) => cell.channel === channel),
});

const Tally = ({ board }: { board: Board }) => {
  const t = bank.useWords();
  const [last = ""] = board.days;
  const { late, breaks, certified, uncertified, uncertifiedLast } = tallyOf(board.cells, last);
  return (
    <>
      <span className={late > 0 ? styles["bad"] : styles["quiet"]}>{t("lateFiles", { count: late })}</span>
      <Link to="/finance/breaks" className={breaks > 0 ? (styles["bad"] ?? "") : ""}>
        {t("openBreaks", { count: breaks })}
      </Link>
      <span>{t("uncertified", { count: uncertified, day: last.slice(5), ofDay: uncertifiedLast })}</span>
      <span className={styles["good"]}>{t("certifiedDays", { count: certified })}</span>
    </>
  );
};

export const BankDays = () => {
  const t = bank.useWords();
  const navigate = useNavigate();
  const search = bankDaysSearchOf(useSearch({ from: "/inside/finance/bank-days" }));
  const { until, channel } = search;
  const change = (part: Record<string, unknown>): void =>
    void navigate({
      to: "/finance/bank-days",
      search: bankDaysSearchOf({ ...search, ...part }),
      replace: true,
    });
  const { data, error, refetch, dataUpdatedAt } = api.useQuery(
    "get",
    "/bank-board",
    { params: { query: { days: 14, ...(until === undefined ? {} : { until }) } } },
    { refetchInterval: 30_000 },
  );
  return (
    <>
      <PageBar title={t("days")} readAt={dataUpdatedAt}>
        {data === undefined ? null : <Tally board={channel === undefined ? data : onlyOf(data, channel)} />}
        <label className={styles["inline"]}>
          {t("until")}{" "}
          <Input
            type="date"
            value={until ?? data?.days[0] ?? ""}
            onChange={({ target }) => change({ until: target.value })}
          />
        </label>
        {data === undefined ? null : (
          <Select<string>
            aria-label={t("channel")}
            popupMatchSelectWidth={false}
            value={channel ?? ""}
            onChange={(code) => change({ channel: code })}
            options={[
              { value: "", label: t("allChannels") },
              ...data.channels.map((one) => ({ value: one.code, label: channelChoice(one, language()) })),
            ]}
          />
        )}
        <SavedFilters except={["until"]} />
      </PageBar>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? (
        error === null ? (
          <Spin />
        ) : null
      ) : data.channels.length === 0 ? (
        <Empty text={t("noChannels")} />
      ) : (
        <>
          <BoardTable board={channel === undefined ? data : onlyOf(data, channel)} />
          <p className={styles["quiet"]}>{t("legend")}</p>
        </>
      )}
    </>
  );
};
