/**
 * The bridge (调节表) of a bank day: from what we took in to what the bank's file says, class by class, to the fen.
 *
 * ours + dayCutOut + waiting + oursOnly + amount + dayCutIn + bankOnly + unknownAccount + duplicate + state + repeated
 *   = file
 */

export const DIFFERENCE_PARTS = [
  /** 跨日切: ours of this day, the bank's of another. */
  "dayCutOut",
  /** Near the day cut and not in this file: the next file may bring it. */
  "waiting",
  /** 短款: ours, in no file. */
  "oursOnly",
  /** 金额不符: the same payment with another amount. */
  "amount",
  /** 跨日切: the bank's of this day, ours of another. */
  "dayCutIn",
  /** 长款: the bank's, not ours. */
  "bankOnly",
  /** 户号不明 */
  "unknownAccount",
  /** 重复: a serial with two contents. */
  "duplicate",
  /** 状态不符: reversed on one side only. */
  "state",
  /** The same line again: a replay that moves nothing here. */
  "repeated",
] as const;
export type DifferencePart = (typeof DIFFERENCE_PARTS)[number];

export type Side = { readonly items: bigint; readonly fen: bigint };

export type Bridge = {
  readonly ours: Side;
  readonly differences: Readonly<Record<DifferencePart, Side>>;
  /** What the file states, or null while there is none. */
  readonly file: Side | null;
  /** Stated by the file less what the bridge leads to; null while there is no file. Zero means it closes. */
  readonly gap: Side | null;
};

const NOTHING: Side = { items: 0n, fen: 0n };

/** Builds the bridge from its parts; a part that is not there is nothing. */
export const buildBridge = (parts: ReadonlyMap<string, Side>, file: Side | null): Bridge => {
  const ours = parts.get("ours") ?? NOTHING;
  const differences = Object.fromEntries(
    DIFFERENCE_PARTS.map((part) => [part, parts.get(part) ?? NOTHING]),
  ) as Record<DifferencePart, Side>;
  let { items, fen } = ours;
  for (const part of DIFFERENCE_PARTS) {
    items += differences[part].items;
    fen += differences[part].fen;
  }
  return {
    ours,
    differences,
    file,
    gap: file === null ? null : { items: file.items - items, fen: file.fen - fen },
  };
};

export const bridgeCloses = (bridge: Bridge): boolean =>
  bridge.gap !== null && bridge.gap.items === 0n && bridge.gap.fen === 0n;
