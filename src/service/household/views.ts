/** What the page is told of homes and orders. */
import { dayOfInstant } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import type { WalletOrder } from "#src/money/collection/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { fenJson, type Platform } from "#src/platform/route.ts";
import { maskName } from "#src/town/accounts/index.ts";
import { findHomes, type HomeRow } from "./home-queries.ts";

/** `张*`: who sees it knows whom it is meant to be, or learns next to nothing. */
export const hideName = (name: string | null): string => `${[...(name?.trim() ?? "")][0] ?? ""}*`;

export const homeJson = (row: HomeRow) => ({
  homeId: String(row.id),
  accountNo: row.accountNo,
  community: row.community,
  building: row.building,
  buildingId: String(row.buildingId),
  unit: row.unit,
  door: row.ownDoor,
  // Whoever is bound here knows the name: masked as at the desk, so that both speak of the same.
  owner: maskName(row.ownerName ?? ""),
  owedFen: fenJson(row.owedFen),
});

/** Of somebody else's home: unit and door, and no more than that. */
export const addressTailOf = (row: HomeRow): string => `${row.unit}${row.door}`;

export const findHome = async (
  platform: Pick<Platform, "database" | "clock">,
  accountId: bigint,
): Promise<HomeRow> => {
  const day = dayOfInstant(platform.clock.now());
  const [row] = await findHomes(platform.database.sql, { ids: [accountId], day });
  return must(row, "a home that was found before");
};

/** An order as its payer sees it; of somebody else's home the same little as before. */
export const orderJson = async (platform: Platform, actor: Actor, order: WalletOrder) => {
  const home = await findHome(platform, order.accountId);
  const isOpen = order.state === "asking" || order.state === "waiting" || order.state === "unknown";
  const isOwn = actor.scope.kind === "accounts" && actor.scope.accountIds.includes(order.accountId);
  return {
    orderNo: order.orderNo,
    state: order.state,
    amountFen: fenJson(order.amountFen),
    walletName: order.channelName,
    walletNameEn: order.channelNameEn ?? order.channel,
    forAnother: order.forAnother,
    homeId: isOwn ? String(order.accountId) : null,
    owner: hideName(home.ownerName),
    addressTail: isOwn ? `${home.unit}${home.ownDoor}` : addressTailOf(home),
    payUrl: isOpen ? order.payUrl : null,
    handOver: isOpen ? order.handOver : null,
    createdAt: order.createdAt.toISOString(),
    expiresAt: order.expiresAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
    paymentId: isOwn && order.paymentId !== null ? String(order.paymentId) : null,
  };
};
