/** What changes between queue and send wins: consent, stop, number, roll, cap, night, and what other rooms say. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  queueMany,
  recordContactRefusal,
  sendBatch,
  SENDING_SETTINGS,
} from "#src/messages/messaging/index.ts";
import { accessAccount, recordConsent } from "#src/town/accounts/index.ts";
import { claimOf, createSendingTown, type SendingTown } from "#tests/support/sending.ts";

let town: SendingTown;
type Home = Awaited<ReturnType<SendingTown["home"]>>;
let homes: readonly [Home, Home, Home, Home];
const SHARED = "13812340001";
const OWN = "13812340004";
const AT = "2026-11-20T10:00:00+08:00";

/** Words that show their values; the templates of notices are theirs to test. */
const render = async ({ values }: { readonly values: Readonly<Record<string, string | number>> }) => {
  const text = Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(" ");
  const variables = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return {
    subject: "",
    text,
    html: null,
    sentences: [text],
    templateVersion: "1",
    providerTemplateId: null,
    variables,
    signature: "暖阳供热",
  };
};

beforeAll(async () => {
  town = await createSendingTown(AT, { render });
  homes = [
    await town.home("10000001", SHARED),
    await town.home("10000002", SHARED),
    await town.home("10000003", SHARED),
    await town.home("10000004", OWN),
  ];
});
afterAll(() => town.close());
beforeEach(async () => {
  town.db.clock.set(AT);
  town.checks.splice(0);
  town.settings = SENDING_SETTINGS;
  await town.rows(
    "update messages set state = 'cancelled', called_at = null, lease_until = null, ask_at = null",
  );
});

test("a database that goes away while the words are read takes no message with it: the job is tried again", async () => {
  const id = await town.queueOne();
  const jobs = await town.claim();
  const lost = async () => {
    throw new Error("Connection terminated unexpectedly");
  };
  for (const job of jobs) {
    await expect(sendBatch({ ...town.dependencies, render: lost }, claimOf(job))).rejects.toThrow(
      /terminated/,
    );
  }
  expect(await town.row(id)).toMatchObject({ state: "claimed" });
});

const sent = (id: bigint) =>
  town.gateway.log.takenOf(String(id)).map((one) => one.text.replace("【暖阳供热】", ""));
const notice = (changes: object = {}) =>
  town.queueOne({
    purpose: "payment-notice",
    to: { number: OWN, personId: homes[3].personId },
    accountId: homes[3].accountId,
    ...changes,
  });
const say = (
  purpose: "payment-notice" | "service-notice" | "greeting",
  granted: boolean,
  account = "10000004",
  home = homes[3],
) =>
  town.run(async (context) =>
    recordConsent(context, {
      account: await accessAccount(context.sql, town.db.actor, account, context.today),
      personId: home.personId,
      purpose,
      granted,
      source: "test",
    }),
  );
/** Sends what is due, and says what became of one: state, reason, how often it was sent. */
const outcome = async (id: bigint) => {
  await town.sendDue();
  const { state, reason } = await town.row(id);
  return [state, reason, sent(id).length];
};
const skipped = (reason: string) => ["skipped", reason, 0];

describe("between queue and send", () => {
  test("a person refuses: skipped, and the next one goes when the word changes", async () => {
    const id = await notice();
    await say("payment-notice", false);
    expect(await outcome(id)).toEqual(skipped("no-consent"));
    await say("payment-notice", true);
    const next = await notice();
    await town.sendDue();
    expect(sent(next)).toHaveLength(1);
  });

  test("a number says STOP: the greeting is skipped, the notice of service goes", async () => {
    await say("greeting", true);
    const greeting = await notice({ purpose: "greeting" });
    const service = await notice({ purpose: "service-notice" });
    await town.run((context) =>
      recordContactRefusal(context.sql, {
        recipient: `tel:+86${OWN}`,
        purpose: "greeting",
        refused: true,
        source: "sms",
        now: context.now,
      }),
    );
    expect(await outcome(greeting)).toEqual(skipped("stopped"));
    expect(sent(service)).toHaveLength(1);
  });

  test("the number turns out to be wrong, or is another's now, or the person moved out", async () => {
    const wrong = await notice();
    await town.rows("update person_phones set confirmed = false where person_id = :id", {
      id: homes[3].personId,
    });
    expect(await outcome(wrong)).toEqual(skipped("number-wrong"));
    const moved = await notice();
    await town.rows(
      "update person_phones set confirmed = null, number = '+8613812349999' where person_id = :id",
      { id: homes[3].personId },
    );
    expect(await outcome(moved)).toEqual(skipped("number-moved"));
    await town.rows("update person_phones set number = :number where person_id = :id", {
      number: `+86${OWN}`,
      id: homes[3].personId,
    });
    const gone = await notice();
    await town.rows(
      "update account_roles set valid = daterange(lower(valid), '2026-11-20') where person_id = :id",
      { id: homes[3].personId },
    );
    expect(await outcome(gone)).toEqual(skipped("moved-out"));
    await town.rows("update account_roles set valid = daterange(lower(valid), null) where person_id = :id", {
      id: homes[3].personId,
    });
  });

  test("a message to a person goes to the number that is good now", async () => {
    const id = await town.queueOne({ purpose: "service-notice", to: { personId: homes[3].personId } });
    await town.rows(
      "insert into person_phones (person_id, number, kind, as_written, confirmed) values (:id, '+8613812347777', 'mobile', '', true)",
      { id: homes[3].personId },
    );
    await town.sendDue();
    expect(town.gateway.log.takenOf(String(id)).map((one) => one.to)).toEqual(["+8613812347777"]);
    await town.rows("delete from person_phones where number = '+8613812347777'");
    await town.rows("update person_phones set confirmed = false where person_id = :id", {
      id: homes[3].personId,
    });
    const none = await town.queueOne({ purpose: "service-notice", to: { personId: homes[3].personId } });
    expect(await outcome(none)).toEqual(skipped("no-address"));
    await town.rows("update person_phones set confirmed = null where person_id = :id", {
      id: homes[3].personId,
    });
  });

  test("another room says that it was paid, or that the notice pauses", async () => {
    const paid = await notice();
    const paused = await notice({ regarding: "notice:7" });
    const until = new Date("2026-11-20T12:00:00+08:00");
    town.checks.push({
      name: "test",
      purposePrefix: "payment-",
      check: async (_, asked) =>
        asked.map((home) => ({
          messageId: home.messageId,
          accountId: home.accountId,
          ...(home.regarding === "notice:7" ? { until } : { reason: "paid" }),
        })),
    });
    expect(await outcome(paid)).toEqual(skipped("paid"));
    expect(await town.row(paused)).toMatchObject({
      state: "queued",
      reason: "put-off",
      notBefore: until,
      attempts: 0,
    });
  });

  test("it is too late", async () => {
    const id = await notice({ expiresAt: new Date("2026-11-20T10:30:00+08:00") });
    town.db.clock.advanceMs(1_800_000);
    expect(await outcome(id)).toEqual(skipped("too-late"));
  });
});

test("the fourth reminder of a day to one phone waits for tomorrow morning; notices of service go", async () => {
  const ids = [await notice(), await notice(), await notice(), await notice()];
  await town.sendDue();
  const waits = (await Promise.all(ids.map((id) => town.row(id)))).filter((row) => row.state === "queued");
  expect(waits).toMatchObject([{ reason: "daily-cap", notBefore: new Date("2026-11-21T08:00:00+08:00") }]);
  const service = await notice({ purpose: "service-notice" });
  await town.sendDue();
  expect(sent(service)).toHaveLength(1);
  town.db.clock.set("2026-11-21T08:00:00+08:00");
  await town.sendDue();
  expect(ids.flatMap((id) => sent(id))).toHaveLength(4);
});

test("the cap is the person's, whichever of the numbers is written to", async () => {
  const { personId } = homes[3];
  const other = "13812347778";
  await town.rows(
    "insert into person_phones (person_id, number, kind, as_written) values (:personId, :number, 'mobile', '')",
    { personId, number: `+86${other}` },
  );
  const ids = [await notice(), await notice()];
  await town.sendDue();
  const more = [
    await notice({ to: { number: other, personId } }),
    await notice({ to: { number: other, personId } }),
  ];
  await town.sendDue();
  const states = await Promise.all([...ids, ...more].map((id) => town.row(id)));
  expect(states.map((row) => row.state)).toEqual(["accepted", "accepted", "accepted", "queued"]);
  expect(states[3]).toMatchObject({ reason: "daily-cap" });
  await town.rows("delete from person_phones where number = :number", { number: `+86${other}` });
});

test("the cap holds also when several workers have messages to one person at the same time", async () => {
  const ids = [];
  for (let n = 0; n < 6; n += 1) ids.push(await notice());
  town.settings = { ...SENDING_SETTINGS, jobSize: 1 };
  const jobs = await town.claim();
  expect(jobs.length).toBe(6);
  await Promise.all(jobs.map((job) => town.work([job])));
  const states = (await Promise.all(ids.map((id) => town.row(id)))).map((row) => row.state);
  expect(states).toEqual(["accepted", "accepted", "accepted", "queued", "queued", "queued"]);
  expect(ids.flatMap((id) => sent(id))).toHaveLength(3);
});

test("at night only what must: the others wait for the morning", async () => {
  town.db.clock.set("2026-11-20T23:30:00+08:00");
  const supervisor = (
    await town.rows<{ id: bigint }>(
      "insert into staff_members (login, display_name, password_hash) values ('duty', '值班长', '') returning id",
    )
  )[0]?.id;
  const quiet = await notice({ purpose: "service-notice" });
  const sudden = await notice({ purpose: "service-notice", quietWordBy: supervisor });
  const emergency = await notice({ purpose: "emergency" });
  await town.sendDue();
  expect(await town.row(quiet)).toMatchObject({
    state: "queued",
    reason: "quiet-hours",
    notBefore: new Date("2026-11-21T08:00:00+08:00"),
  });
  expect([sent(sudden).length, sent(emergency).length, sent(quiet).length]).toEqual([1, 1, 0]);
});

describe("a phone with several homes", () => {
  /** As a notice asks: one row a home, with its person and number, and the owner twice where the payer is the same phone. */
  const ask = (step: string, extra = "") =>
    town.run((context) =>
      queueMany(context, {
        purpose: "service-notice",
        channel: "sms",
        step,
        regarding: "notice:1",
        template: "anything",
        select: `select 'tel:' || phone.number as recipient, role.person_id, role.account_id, account.account_no as label,
            jsonb_build_object('day', :forDay::text) as variables
          from account_roles role join person_phones phone using (person_id)
          join heat_accounts account on account.id = role.account_id ${extra}`,
        bindings: { forDay: "11月21日" },
      }),
    );
  const ids = (step: string) =>
    town.rows<{ id: bigint; recipient: string; homes: number }>(
      "select id, recipient, home_count::int as homes from messages where step = :step order by recipient",
      { step },
    );

  test("gets one message that names them all; asking twice queues nothing more", async () => {
    expect(await ask("n1")).toEqual({ queued: 2, homes: 4 });
    expect(await ask("n1")).toEqual({ queued: 0, homes: 0 });
    expect((await ids("n1")).map((row) => [row.recipient, row.homes])).toEqual([
      [`tel:+86${SHARED}`, 3],
      [`tel:+86${OWN}`, 0],
    ]);
    await town.sendDue();
    const [shared, own] = await ids("n1");
    expect(sent(shared?.id ?? 0n)).toEqual(["day=11月21日 homeCount=3 homes=10000001、10000002、10000003"]);
    expect(sent(own?.id ?? 0n)).toEqual(["day=11月21日 homeCount=1 homes=10000004"]);
  });

  test("owner and payer of one phone are one home", async () => {
    expect(await ask("n2", "cross join (values (1), (2)) twice (n)")).toEqual({ queued: 2, homes: 4 });
  });

  test("a home whose owner refused, and one that another room takes out, are not named, with the reason", async () => {
    await ask("n3");
    await say("service-notice", false, "10000001", homes[0]);
    town.checks.push({
      name: "test",
      purposePrefix: "",
      check: async (_, asked) =>
        asked
          .filter((home) => home.accountId === homes[1].accountId)
          .map(({ messageId, accountId }) => ({ messageId, accountId, reason: "paid" })),
    });
    await town.sendDue();
    const [shared] = await ids("n3");
    expect(sent(shared?.id ?? 0n)).toEqual(["day=11月21日 homeCount=1 homes=10000003"]);
    expect(
      await town.rows(
        `select label, left_out as "leftOut" from message_homes where message_id = :id order by ordinal`,
        { id: shared?.id },
      ),
    ).toEqual([
      { label: "10000001", leftOut: "no-consent" },
      { label: "10000002", leftOut: "paid" },
      { label: "10000003", leftOut: "" },
    ]);
    await say("service-notice", true, "10000001", homes[0]);
  });

  test("a home that an earlier claim left out, and the one that goes names, was told", async () => {
    await ask("n4");
    await say("service-notice", false, "10000001", homes[0]);
    town.gateway.behave(() => ({ kind: "limit", retryAfterSeconds: 30 }));
    await town.sendDue();
    const [shared] = await ids("n4");
    const named = async () =>
      (
        await town.rows<{ out: string }>(
          "select left_out as out from message_homes where message_id = :id order by ordinal",
          { id: shared?.id },
        )
      ).map(({ out }) => out);
    expect(await town.row(shared?.id ?? 0n)).toMatchObject({ state: "queued" });
    expect(await named()).toEqual(["no-consent", "", ""]);
    await say("service-notice", true, "10000001", homes[0]);
    town.gateway.behave(() => ({ kind: "accept" }));
    town.db.clock.advanceMs(31_000);
    await town.sendDue();
    expect(sent(shared?.id ?? 0n)).toEqual(["day=11月21日 homeCount=3 homes=10000001、10000002、10000003"]);
    expect(await named()).toEqual(["", "", ""]);
  });
});
