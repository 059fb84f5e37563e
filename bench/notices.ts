/**
 * A notice to the whole town: frozen with its approval, then fanned out to queued messages, each against plain inserts of the same
 * rows. One phone in fifty has two homes, and one home in a hundred none that could be used.
 */
import type { Database } from "#src/platform/database.ts";
import { type Figure, median, rounded } from "./support/figure.ts";
import { plantPhones, raiseNotice } from "./support/raise-notice.ts";
import { type WrittenRows, writeSameRows } from "./support/same-rows.ts";
import { peakOf, raiseStage } from "./support/stage.ts";

const frozen: readonly WrittenRows[] = [{ table: "notice_recipients", where: "true", order: "account_id" }];
const fannedOut: readonly WrittenRows[] = [
  { table: "messages", where: "regarding like 'notice:%'", order: "id" },
  { table: "message_homes", where: "true", order: "message_id, ordinal" },
  { table: "audit_events", where: "command = 'notice.fan-out'", order: "id" },
];

type Round = {
  readonly freezeMs: number;
  readonly fanOutMs: number;
  readonly freezeLimitMs: number;
  readonly fanOutLimitMs: number;
  readonly messages: number;
};

const playRound = async (database: Database): Promise<Round> => {
  const { freezeMs, fanOutMs, messages } = await raiseNotice(database);
  const limits = [await writeSameRows(database, frozen), await writeSameRows(database, fannedOut)] as const;
  for (const { differing } of limits) {
    if (differing !== 0n) throw new Error(`${differing} rows of the limit differ from ours`);
  }
  return { freezeMs, fanOutMs, freezeLimitMs: limits[0].ms, fanOutLimitMs: limits[1].ms, messages };
};

const seconds = (ms: number): string => `${rounded(ms / 1000)} s`;

export const measureNotices = async (
  households: number,
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const stage = await raiseStage(households, false, plantPhones);
  const played: Round[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const clone = await stage.clone();
      try {
        const one = await playRound(clone.database);
        played.push(one);
        say(
          `notice ${round}/${rounds}: frozen ${seconds(one.freezeMs)} (limit ${seconds(one.freezeLimitMs)}), ` +
            `fanned out ${seconds(one.fanOutMs)} (limit ${seconds(one.fanOutLimitMs)})`,
        );
      } finally {
        await clone.drop();
      }
    }
  } finally {
    await stage.close();
  }
  const figure = (
    about: { readonly name: string; readonly most: number; readonly note: string },
    ours: (round: Round) => number,
    limit: (round: Round) => number,
  ): Figure => {
    const [measured, least] = [median(played.map(ours)), median(played.map(limit))];
    return {
      name: about.name,
      measured: measured / 1000,
      limit: least / 1000,
      unit: "s",
      ratio: measured / least,
      peakMiB: peakOf(process.pid),
      target: `ratio <= ${about.most}`,
      ok: measured / least <= about.most,
      note: about.note,
    };
  };
  const messages = played[0]?.messages ?? 0;
  return [
    figure(
      {
        name: `fan-out of ${households} homes to queued`,
        most: 1.5,
        note: `${messages} messages, chunks of 5,000, one worker`,
      },
      (round) => round.fanOutMs,
      (round) => round.fanOutLimitMs,
    ),
    figure(
      {
        name: `audience of ${households} homes frozen`,
        most: 3,
        note: "one statement: who, by which way, which homes share a phone",
      },
      (round) => round.freezeMs,
      (round) => round.freezeLimitMs,
    ),
  ];
};
