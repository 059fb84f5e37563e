import { describe, expect, test } from "vitest";
import type { ClaimVerdict } from "./face.ts";
import type { ClaimFact } from "./facts-queries.ts";
import { judgeClaim } from "./verdict.ts";

const now = new Date("2026-11-20T10:00:00+08:00");
const opens = new Date("2026-11-21T08:00:00+08:00");
const fact = (changes: Partial<ClaimFact> = {}): ClaimFact => ({
  id: 1n,
  purpose: "payment-notice",
  channel: "sms",
  recipient: "tel:+8613812348000",
  step: "notice:1",
  regarding: "notice:1",
  consent: "payment-notice",
  template: "payment",
  locale: "zh-CN",
  variables: { amount: "2052.00" },
  threadKey: "00000000-0000-4000-8000-000000000000",
  inReplyTo: "",
  expiresAt: null,
  hasQuietWord: false,
  attempts: 1,
  replays: 0,
  homeCount: 0,
  ordinal: null,
  label: "",
  accountId: 10n,
  personId: 20n,
  address: "tel:+8613812348000",
  lastWord: null,
  refused: false,
  knownWrong: false,
  moved: false,
  atHome: true,
  toldToday: 0,
  ...changes,
});
const hours = { now, quietUntil: null, tomorrow: opens, dailyCap: 3 };
const judge = (facts: Partial<ClaimFact>, verdicts: readonly ClaimVerdict[] = [], changes = {}, inWave = 0) =>
  judgeClaim([fact(facts)], verdicts, { ...hours, ...changes }, inWave);
const skipped = (reason: string) => ({ kind: "skip", reason });

describe("a message at its claim", () => {
  test("goes with what was queued while nothing changed", () =>
    expect(judge({})).toEqual({
      kind: "go",
      address: "tel:+8613812348000",
      values: { amount: "2052.00" },
      leftOut: [],
      pin: undefined,
    }));

  test("goes in the words that were approved with it", () => {
    const pins = { sms: "7", email: "0" };
    expect(judge({}, [{ messageId: 1n, accountId: 10n, pins }])).toMatchObject({ kind: "go", pin: "7" });
  });

  test.each<[string, Partial<ClaimFact>]>([
    ["no-consent", { lastWord: false }],
    ["no-consent", { purpose: "greeting", consent: "greeting" }],
    ["stopped", { purpose: "greeting", consent: "greeting", lastWord: true, refused: true }],
    ["number-wrong", { knownWrong: true }],
    ["number-moved", { moved: true }],
    ["moved-out", { atHome: false }],
    ["no-address", { address: null }],
    ["address-unfit", { address: "tel:+8637163331234" }],
    ["address-unfit", { address: "mailto:a@b.cn" }],
    ["address-unfit", { channel: "email", address: "tel:+8613812348000" }],
    ["too-late", { expiresAt: now }],
    ["purpose-unknown", { purpose: "of-another-version" as "reply" }],
  ])("is skipped: %s %o", (reason, changes) => expect(judge(changes)).toEqual(skipped(reason)));

  const to = "tel:+8613912348000";
  const turned = (accountId: bigint) => ({ messageId: 1n, accountId, to });

  test("goes to whoever is told for the home by now, whatever became of whom it was queued for", () => {
    for (const changes of [{}, { atHome: false }, { moved: true }, { knownWrong: true }, { lastWord: false }])
      expect(judge(changes, [turned(10n)])).toMatchObject({ kind: "go", address: to });
    expect(judge({}, [turned(10n), { messageId: 1n, accountId: 10n, reason: "paid" }])).toEqual(
      skipped("paid"),
    );
  });

  test("of several homes one that is told by another way is left out; all of them together go there", () => {
    const homes = [
      fact({ homeCount: 2, ordinal: 1, label: "一" }),
      fact({ homeCount: 2, ordinal: 2, label: "二", accountId: 11n }),
    ] as const;
    expect(judgeClaim(homes, [turned(11n)], hours, 0)).toMatchObject({
      kind: "go",
      address: "tel:+8613812348000",
      values: { homes: "一", homeCount: 1 },
      leftOut: [{ ordinal: 2, reason: "way-changed" }],
    });
    expect(judgeClaim(homes, [turned(10n), turned(11n)], hours, 0)).toMatchObject({
      kind: "go",
      address: to,
      values: { homes: "一、二" },
      leftOut: [],
    });
  });

  test("what was asked for goes to numbers that the roll does not know", () => {
    const asked = { purpose: "reply", consent: "", moved: true, atHome: false, personId: null } as const;
    expect(judge(asked)).toMatchObject({ kind: "go" });
    expect(judge({ ...asked, knownWrong: true })).toEqual(skipped("number-wrong"));
  });

  test("a landline is rung, not written to", () =>
    expect(judge({ channel: "voice", address: "tel:+8637163331234" })).toMatchObject({ kind: "go" }));

  test("another room's word counts: paid meanwhile, or put off", () => {
    const home = { messageId: 1n, accountId: 10n };
    expect(judge({}, [{ ...home, reason: "paid" }])).toEqual(skipped("paid"));
    expect(judge({}, [{ messageId: 1n, accountId: 11n, reason: "paid" }])).toMatchObject({ kind: "go" });
    expect(judge({}, [{ ...home, until: opens }])).toEqual({
      kind: "put-off",
      until: opens,
      reason: "put-off",
    });
  });

  test("the amount is what other rooms read now", () =>
    expect(judge({}, [{ messageId: 1n, accountId: 10n, amountFen: 100_000n }])).toMatchObject({
      values: { amount: "1000.00" },
    }));
});

describe("at night", () => {
  const night = { quietUntil: opens };
  test("what can wait waits for the morning, what is due before it is skipped", () => {
    expect(judge({}, [], night)).toEqual({ kind: "put-off", until: opens, reason: "quiet-hours" });
    expect(judge({ expiresAt: opens }, [], night)).toEqual(skipped("too-late-quiet-hours"));
  });
  test("an outage passes on the duty officer's word, an answer and an emergency by themselves", () => {
    expect(judge({ purpose: "service-notice", hasQuietWord: true }, [], night)).toMatchObject({ kind: "go" });
    expect(judge({ purpose: "reply", consent: "" }, [], night)).toMatchObject({ kind: "go" });
    expect(judge({ purpose: "emergency", consent: "" }, [], night)).toMatchObject({ kind: "go" });
  });
});

describe("the day's cap", () => {
  test("puts off what can wait, counting what is in the same wave; notices of service are not capped", () => {
    expect(judge({ toldToday: 2 })).toMatchObject({ kind: "go" });
    expect(judge({ toldToday: 3 })).toEqual({ kind: "put-off", until: opens, reason: "daily-cap" });
    expect(judge({ toldToday: 1 }, [], {}, 2)).toMatchObject({ kind: "put-off" });
    expect(judge({ purpose: "service-notice", toldToday: 9 })).toMatchObject({ kind: "go" });
  });
});

describe("a phone with several homes", () => {
  const three = [1, 2, 3].map((n) =>
    fact({ homeCount: 3, ordinal: n, label: `1-1-${n}01`, accountId: BigInt(n), personId: BigInt(n) }),
  ) as [ClaimFact, ClaimFact, ClaimFact];
  test("gets one text that names them all", () =>
    expect(judgeClaim(three, [], hours, 0)).toMatchObject({
      kind: "go",
      values: { homes: "1-1-101、1-1-201、1-1-301", homeCount: 3 },
    }));
  test("a home that paid meanwhile, and one whose owner refused, are not named; why is kept", () => {
    const [first, second, third] = three;
    const refused = { ...third, lastWord: false };
    const paid = { messageId: 1n, accountId: 1n, reason: "paid" };
    expect(judgeClaim([first, second, refused], [paid], hours, 0)).toEqual({
      kind: "go",
      address: "tel:+8613812348000",
      values: { amount: "2052.00", homes: "1-1-201", homeCount: 1 },
      leftOut: [
        { ordinal: 1, reason: "paid" },
        { ordinal: 3, reason: "no-consent" },
      ],
      pin: undefined,
    });
  });
  test("none left: skipped by the first reason", () => {
    const paid = three.map((home) => ({ messageId: 1n, accountId: home.accountId, reason: "paid" }));
    expect(judgeClaim(three, paid, hours, 0)).toEqual(skipped("paid"));
  });
});
