/** What may be done about a difference or held money, what it needs, and how it is sent. */
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";

export type Break = Item<"/bank-breaks">;
export type Held = Item<"/suspense">;
export type Waiting = Break["waiting"];

export const DEEDS = ["claim", "back-post", "settle", "reverse", "suspense", "return", "dismiss"] as const;
export type Deed = (typeof DEEDS)[number];

/** A household's money moves: one asks, another approves, the first carries out. */
const TWO: ReadonlySet<Deed> = new Set<Deed>(["claim", "back-post", "settle", "reverse", "return"]);
export const needsTwo = (deed: Deed): boolean => TWO.has(deed);
export const needsAccount = (deed: Deed): boolean => deed === "claim" || deed === "back-post";

/** What a decision is about, whichever list it stands on. */
export type About = {
  readonly key: string;
  readonly breakId: string | null;
  readonly itemId: string | null;
  readonly amountFen: number;
  readonly channel: string | null;
  readonly day: string | null;
  readonly deeds: readonly Deed[];
  readonly waiting: Waiting;
  /** The household that both sides name already: no search is needed. */
  readonly knownAccountNo: string | null;
  readonly isSplit: boolean;
};

export const aboutBreak = (one: Break): About => ({
  key: `break-${one.id}`,
  breakId: one.id,
  itemId: one.suspenseId,
  amountFen: one.heldFen ?? one.bankAmountFen ?? one.ourAmountFen ?? 0,
  channel: one.channel,
  day: one.bankDay,
  deeds: DEEDS.filter(
    (deed) =>
      one.answers.some((answer) => answer === deed) ||
      (one.suspenseId !== null && (deed === "claim" || deed === "return")),
  ),
  waiting: one.waiting,
  knownAccountNo: one.class === "bank-only" ? one.accountText : null,
  isSplit: one.class === "amount",
});

export const aboutHeld = (item: Held): About => ({
  key: `held-${item.id}`,
  breakId: null,
  itemId: item.id,
  amountFen: item.amountFen,
  channel: item.channel,
  day: item.receivedOn,
  deeds: item.state !== "open" ? [] : item.ofStatement ? ["settle", "claim", "return"] : ["claim", "return"],
  waiting: item.waiting,
  knownAccountNo: null,
  isSplit: false,
});

export type Settlement = {
  readonly channel: string;
  readonly day: string;
  readonly difference: "fee" | "bank-owes" | "bank-overpaid";
};
export type Order = {
  readonly deed: Deed;
  readonly reason: string;
  readonly accountNo?: string | undefined;
  readonly settlement?: Settlement | undefined;
  readonly approvalId?: string | undefined;
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const DEED_OF: Readonly<Record<string, Deed>> = {
  "suspense-claim": "claim",
  "suspense-return": "return",
  "suspense-settle": "settle",
  "bank-back-post": "back-post",
  "payment-reversal": "reverse",
};

/** What was approved, word for word, so that exactly that is carried out; undefined when nothing was. */
export const approvedOrder = (waiting: Waiting): Order | undefined => {
  const deed = waiting === null ? undefined : DEED_OF[waiting.kind];
  if (waiting?.state !== "approved" || deed === undefined) return undefined;
  const { request } = waiting;
  return {
    deed,
    reason: text(request["reason"]),
    accountNo: needsAccount(deed) ? (waiting.accountNo ?? undefined) : undefined,
    settlement:
      deed === "settle"
        ? {
            channel: text(request["channel"]),
            day: text(request["day"]),
            difference: text(request["difference"]) as Settlement["difference"],
          }
        : undefined,
    approvalId: waiting.approvalId,
  };
};

const sendHeld = async (id: string, order: Order, key: string) => {
  const params = { path: { id }, header: { "Idempotency-Key": key } };
  const common = {
    reason: order.reason,
    ...(order.approvalId === undefined ? {} : { approvalId: order.approvalId }),
  };
  if (order.deed === "return") return call.POST("/suspense/{id}/return", { params, body: common });
  if (order.deed === "settle" && order.settlement !== undefined) {
    return call.POST("/suspense/{id}/settlement", { params, body: { ...common, ...order.settlement } });
  }
  return call.POST("/suspense/{id}/claim", { params, body: { ...common, accountNo: order.accountNo ?? "" } });
};

/** Sends a decision. `asked`: another person decides now; `done`: it is carried out. @throws ApiProblem */
export const send = async (about: About, order: Order, key: string): Promise<"asked" | "done"> => {
  const ofHeld = order.deed === "claim" || order.deed === "return" || order.deed === "settle";
  if (ofHeld && about.itemId !== null) {
    return (await sendHeld(about.itemId, order, key)).data?.state ?? "done";
  }
  const { data } = await call.POST("/bank-breaks/{id}/resolution", {
    params: { path: { id: about.breakId ?? "" }, header: { "Idempotency-Key": key } },
    body: {
      action: order.deed as "back-post" | "suspense" | "reverse" | "dismiss",
      reason: order.reason,
      ...(order.accountNo === undefined ? {} : { accountNo: order.accountNo }),
      ...(order.approvalId === undefined ? {} : { approvalId: order.approvalId }),
    },
  });
  return data?.state ?? "done";
};
