/** 资金对账日报: ours, the file's and the bank's credit by channel, what differs, who signed, and what waits for an owner. */
import { type BankDayView, DIFFERENCE_PARTS, readBankDay } from "#src/bank/reconciliation/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { figure, type Grid, grid, listOf, type Report } from "./figures.ts";
import { type OurSide, oursByChannel, signersOfDay, waitingMoney } from "./money-queries.ts";
import { cashOf } from "./sheet-of-collection.ts";
import type { Span } from "./span.ts";

type ChannelDay = OurSide & { readonly day: BankDayView | null; readonly signedBy: string };

const read = async (sql: Sql, span: Span): Promise<ChannelDay[]> => {
  const signers = new Map((await signersOfDay(sql, span)).map((row) => [row.code, row.signedBy]));
  const days: ChannelDay[] = [];
  for (const side of await oursByChannel(sql, span)) {
    const day = side.kind === "counter" ? null : await readBankDay(sql, side.code, span.toDay);
    days.push({ ...side, day, signedBy: signers.get(side.code) ?? "" });
  }
  return days;
};

/** Certified needs nobody; else whoever the file, the differences or the signature wait for. */
const stateOf = ({ day, kind }: ChannelDay): string => {
  if (kind === "counter") return "till";
  if (day === null || day.state === "none") return "no-day";
  if (day.state === "certified") return "certified";
  if (day.bridge.file === null) return "no-file";
  return day.breaks.some(({ state }) => state === "open") ? "differences-open" : "unsigned";
};

const gridsOf = (channels: readonly ChannelDay[]): Grid[] => [
  grid(
    "channelDays",
    channels,
    ({ name, nameEn, code }) => ({ label: name, labelEn: nameEn ?? code, params: { channel: code } }),
    [
      {
        code: "oursItems",
        kind: "count",
        list: listOf("payments", { part: "payments" }),
        value: (row) => row.items,
      },
      { code: "oursFen", kind: "fen", list: listOf("payments"), value: (row) => row.fen },
      {
        code: "bankDayFen",
        kind: "fen",
        list: listOf("bridge", { part: "ours" }),
        value: (row) => row.day?.bridge.ours.fen ?? null,
      },
      {
        code: "fileItems",
        kind: "count",
        list: listOf("fileLines"),
        value: (row) => row.day?.bridge.file?.items ?? null,
      },
      {
        code: "fileFen",
        kind: "fen",
        list: listOf("fileLines"),
        value: (row) => row.day?.bridge.file?.fen ?? null,
      },
      {
        code: "creditFen",
        kind: "fen",
        list: listOf("credits"),
        value: (row) =>
          row.day === null || row.day.credits.credits === 0n
            ? null
            : row.day.credits.grossFen - row.day.credits.feeFen,
      },
      {
        code: "feeFen",
        kind: "fen",
        list: listOf("credits"),
        value: (row) => row.day?.credits.feeFen ?? null,
      },
      {
        code: "openBreaks",
        kind: "count",
        list: listOf("differences", { part: "open" }),
        value: (row) => row.day?.breaks.filter(({ state }) => state === "open").length ?? null,
      },
      { code: "certificate", kind: "text", value: stateOf },
      { code: "signedBy", kind: "text", value: (row) => row.signedBy },
    ],
  ),
  grid(
    "bridge",
    channels.filter(({ day }) => day !== null && day.state !== "none"),
    ({ name, nameEn, code }) => ({ label: name, labelEn: nameEn ?? code, params: { channel: code } }),
    DIFFERENCE_PARTS.map((part) => ({
      code: part,
      kind: "fen" as const,
      list: listOf("bridge", { part }),
      value: (row: ChannelDay) => row.day?.bridge.differences[part].fen ?? null,
    })),
  ),
];

export const moneySheet = async (sql: Sql, span: Span): Promise<Report> => {
  const channels = await read(sql, span);
  const cash = await cashOf(sql, span);
  const waiting = await waitingMoney(sql, span);
  const total = channels.reduce((sum, { fen }) => sum + fen, 0n);
  const items = channels.reduce((sum, row) => sum + row.items, 0n);
  return {
    figures: [
      figure("oursItems", "count", items, listOf("payments", { part: "payments" })),
      figure("oursFen", "fen", total, listOf("payments")),
      figure("cashFen", "fen", cash, listOf("received", { part: "cash" })),
      figure("gapFen", "fen", total - cash, listOf("gap")),
      figure("suspenseItems", "count", waiting.suspenseItems, listOf("suspense")),
      figure("suspenseFen", "fen", waiting.suspenseFen, listOf("suspense")),
      figure("suspenseOldest", "day", waiting.suspenseOldest, listOf("suspense")),
      figure("doubtfulItems", "count", waiting.doubtfulItems, listOf("doubtful")),
      figure("doubtfulFen", "fen", waiting.doubtfulFen, listOf("doubtful")),
      figure("doubtfulOldest", "day", waiting.doubtfulOldest, listOf("doubtful")),
    ],
    grids: gridsOf(channels),
    findings: total === cash ? [] : ["ours-differs-from-collection"],
  };
};
