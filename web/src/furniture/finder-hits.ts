/** What the search box found, as lines to choose from. What is typed travels in a body and never in an address. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { finderWords } from "#web/words/finder.ts";
import { type CodeWord, useCodes } from "#web/words/codes.ts";
import { dateTime, yuan } from "./format.ts";

type Group = Answer<"post", "/search">["groups"][number];
export type HitKind = Group["kind"];

export type Hit = {
  readonly kind: HitKind;
  /** Unique among the hits. */
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly note: string;
  readonly accountNo?: string | undefined;
  readonly ticketNo?: string | undefined;
  readonly id?: string | undefined;
  /** Typed in its place when it is chosen: a place is a step on the way to a household. */
  readonly instead?: string | undefined;
};
export type HitGroup = { readonly kind: HitKind; readonly hits: readonly Hit[] };

type Words = ReturnType<typeof finderWords.useWords>;

const personLine = (people: ItemOf<"accounts">["people"]): { name: string; phone: string } => ({
  name: people[0]?.name ?? "",
  phone: people[0]?.phones[0] ?? "",
});

type ItemOf<Kind extends HitKind> = Extract<Group, { readonly kind: Kind }>["items"][number];
type Shown = Omit<Hit, "kind" | "detail" | "note"> & { readonly detail?: string; readonly note?: string };
type Show = { readonly [Kind in HitKind]: (item: ItemOf<Kind>, word: CodeWord, t: Words) => Shown };

const SHOW: Show = {
  accounts: (item, word) => ({
    key: `a${item.accountNo}`,
    title: `${personLine(item.people).name} ${item.accountNo}`.trim(),
    detail: item.address,
    note: `${personLine(item.people).phone} ${word("matched", item.matchedBy)}`.trim(),
    accountNo: item.accountNo,
  }),
  communities: (item, _word, t) => ({
    key: `c${item.id}`,
    title: item.name,
    detail: `${item.district}${item.street}`,
    note: t("buildingCount", { count: item.buildings }),
    id: item.id,
    instead: item.name,
  }),
  buildings: (item) => ({
    key: `b${item.id}`,
    title: `${item.community}${item.name}`,
    id: item.id,
    instead: `${item.community}${item.name}`,
  }),
  tickets: (item, word) => ({
    key: `t${item.ticketNo}`,
    title: item.ticketNo,
    detail: `${item.categoryName} ${item.building ?? ""}`.trim(),
    note: word("ticket", item.state),
    ticketNo: item.ticketNo,
    accountNo: item.accountNo ?? undefined,
  }),
  referrals: (item, word) => ({
    key: `r${item.id}`,
    title: item.outsideNo,
    detail: item.authorityName,
    note: word("referral", item.state),
    ticketNo: item.ticketNo,
    id: item.id,
  }),
  "work-orders": (item, word) => ({
    key: `o${item.id}`,
    title: item.orderNo,
    detail: `${word("order", item.kind)} ${item.address}`,
    note: word("order-state", item.state),
    accountNo: item.accountNo ?? undefined,
    id: item.id,
  }),
  receipts: (item, _word, t) => ({
    key: `p${item.id}`,
    title: item.receiptNo,
    detail: `¥${yuan(item.totalFen)}`,
    note: item.voided ? t("voided") : dateTime(item.issuedAt),
    id: item.id,
  }),
};

const hitsOf = <Kind extends HitKind>(
  kind: Kind,
  items: readonly ItemOf<Kind>[],
  word: CodeWord,
  t: Words,
): Hit[] => items.map((item) => ({ kind, detail: "", note: "", ...SHOW[kind](item, word, t) }));

/** Groups in the order of the answer; `kinds` leaves the others out. */
export const useHits = (
  text: string,
  kinds?: readonly HitKind[],
): { readonly groups: readonly HitGroup[]; readonly isReading: boolean; readonly error: unknown } => {
  const word = useCodes();
  const t = finderWords.useWords();
  const query = useQuery({
    queryKey: ["post", "/search", text],
    queryFn: async ({ signal }) =>
      (await call.POST("/search", { body: { q: text, limit: 8 }, signal })).data ?? { groups: [] },
    enabled: text !== "",
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
  const groups = text === "" ? [] : (query.data?.groups ?? []);
  return {
    groups: groups
      .filter(({ kind }) => kinds === undefined || kinds.includes(kind))
      .map((group) => ({ kind: group.kind, hits: hitsOf(group.kind, group.items, word, t) })),
    isReading: text !== "" && (query.isFetching || query.isPlaceholderData),
    error: query.error,
  };
};
