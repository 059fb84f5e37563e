/** 转办日报: orders from outside by authority and branch, and each that is overdue, due or bounced by its number. */
import type { Sql } from "#src/platform/sql.ts";
import {
  countReferrals,
  nameReferrals,
  type ReferralFigures,
  type ReferralPart,
} from "#src/service/referrals/index.ts";
import { figure, grid, listOf, type Report, share } from "./figures.ts";
import { NOBODY, type Span } from "./span.ts";

const COUNTED = [
  "received",
  "signedFor",
  "returned",
  "takenBack",
  "dueToday",
  "overdue",
  "doneAgain",
  "bouncedTwice",
] as const satisfies readonly ReferralPart[];

type Share = { readonly code: string; readonly met: ReferralPart; readonly counted: ReferralPart };
/** 响应率, 解决率, 满意率: each beside the number of those that count. */
const SHARES: readonly Share[] = [
  { code: "responseRate", met: "responded", counted: "received" },
  { code: "inTimeRate", met: "reportedInTime", counted: "reported" },
  { code: "solvedRate", met: "solved", counted: "reported" },
  { code: "satisfiedRate", met: "satisfied", counted: "rated" },
];

const list = (part: ReferralPart) => listOf("referrals", { part });

export const referralSheet = async (sql: Sql, span: Span): Promise<Report> => {
  const rows = await countReferrals(sql, span);
  const named = await nameReferrals(sql, span);
  const sum = (part: ReferralPart) => rows.reduce((total, row) => total + row[part], 0);
  return {
    figures: [
      ...COUNTED.map((part) => figure(part, "count", sum(part), list(part))),
      ...SHARES.map(({ code, met, counted }) => share(code, sum(met), sum(counted), list(counted))),
    ],
    grids: [
      grid(
        "authorities",
        rows,
        (row) => ({
          label: row.branch === "" ? row.authorityName : `${row.authorityName} · ${row.branch}`,
          params: {
            authority: row.authority,
            area: String(row.branchId ?? NOBODY),
          },
        }),
        [
          ...COUNTED.map((part) => ({
            code: part,
            kind: "count" as const,
            list: list(part),
            value: (row: ReferralFigures) => row[part],
          })),
          ...SHARES.map(({ code, met, counted }) => ({
            code,
            kind: "share" as const,
            list: list(counted),
            value: (row: ReferralFigures) => row[met],
            of: (row: ReferralFigures) => row[counted],
          })),
        ],
      ),
      grid("namedOrders", named, (row) => ({ label: `${row.authority} ${row.outsideNo}` }), [
        { code: "why", kind: "text", value: (row) => row.why },
        { code: "ticketNo", kind: "text", value: (row) => row.ticketNo },
        { code: "dueAt", kind: "text", value: (row) => row.dueAt.toISOString() },
        { code: "bounces", kind: "count", value: (row) => row.returns },
        { code: "owner", kind: "text", value: (row) => row.owner },
      ]),
    ],
    findings: [],
  };
};
