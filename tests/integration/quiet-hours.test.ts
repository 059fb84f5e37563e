/** One calendar says when people may be called or written to unasked; call-backs, appointments, answers and incidents keep it. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { receiveSms } from "#src/messages/messaging/index.ts";
import { approveCalendar, DAY_KINDS, draftCalendar, parseBlock } from "#src/office/calendars/index.ts";
import { leaveOrder, openWorkOrder, scheduleOrder, startOrder } from "#src/service/field/index.ts";
import { openCallBack, recordAttempt } from "#src/service/hotline/index.ts";
import { intakeSubscriber } from "#src/service/intake/index.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";

let town: FieldTown;
let n = 0;
const NUMBER = "+8613900002222";
beforeAll(async () => {
  town = await createFieldTown(10);
  // This company lets people sleep until nine, and leaves them alone from eight in the evening.
  const hours = Object.fromEntries(DAY_KINDS.map((kind) => [kind, [parseBlock("09:00-20:00")]]));
  const { calendarId } = await town.run(
    (context) =>
      draftCalendar(context, {
        name: "contact-hours",
        title: "可联系时间",
        holidays: "none",
        heating: hours,
        other: hours,
        reason: "decided by the company",
      }),
    town.manager,
  );
  await town.run((context) => approveCalendar(context, calendarId), town.agent);
});
afterAll(() => town.db.drop());
beforeEach(() => {
  n += 1;
});

const at = (time: string): Date => new Date(`2026-11-${time.replace(" ", "T")}:00+08:00`);
const now = (time: string): void => town.db.clock.set(`2026-11-${time.replace(" ", "T")}:00+08:00`);

test("a call-back that is lost in the evening is due when the calendar opens, and so is the next attempt", async () => {
  now("16 20:30");
  const { callBackId } = await town.run((context) =>
    openCallBack(context, { number: NUMBER, origin: "requested" }),
  );
  const due = async () => (await town.rows<{ at: Date }>(`select due_at as "at" from call_backs`))[0]?.at;
  expect(await due()).toEqual(at("17 09:00"));
  now("17 19:45");
  const tried = await town.run((context) => recordAttempt(context, callBackId, { result: "busy", note: "" }));
  expect(tried).toEqual({ state: "open", dueAt: at("18 09:00") });
});

const lastMessage = async () =>
  (
    await town.rows<{ template: string; at: Date }>(
      `select template, not_before as "at" from messages order by id desc limit 1`,
    )
  )[0];

const openOrder = async (): Promise<bigint> =>
  (
    await town.run((context) =>
      openWorkOrder(context, {
        kind: "repair",
        sourceKey: `test:${n}`,
        accountId: 1n,
        contactNumber: NUMBER,
        summary: "不热",
      }),
    )
  ).workOrderId;

/** said at | the visit begins | told at */
const VISITS = [
  ["16 15:00", "17 10:00", "16 15:00", "by day at once"],
  ["16 20:30", "17 13:00", "17 09:00", "in the evening of a visit of tomorrow: in the morning"],
  ["16 20:30", "16 21:00", "16 20:30", "of a visit within the night: at once"],
  [
    "16 23:00",
    "17 09:30",
    "16 23:00",
    "of a visit that begins with the morning: at once, or nobody is at home",
  ],
] as const;
test.each(VISITS)("a window that is agreed %s for %s is told %s: %s", async (said, begins, told) => {
  now(said);
  const id = await openOrder();
  const from = at(begins);
  const slot = { from, until: new Date(from.getTime() + 7_200_000) };
  await town.run((context) => scheduleOrder(context, { id, slot }));
  expect(await lastMessage()).toEqual({ template: "appointment-made", at: at(told) });
});

test("that nobody was at home is said in the morning", async () => {
  now("16 20:20");
  const id = await openOrder();
  await town.run((context) => startOrder(context, { id }));
  await town.run((context) => leaveOrder(context, { id, command: "miss" }));
  expect(await lastMessage()).toEqual({ template: "appointment-missed", at: at("17 09:00") });
});

const write = async (text: string): Promise<void> => {
  await receiveSms(town.platform, {
    provider: "gateway",
    providerMessageId: `q-${n}`,
    from: "13700001111",
    to: "",
    text,
    raw: Buffer.from(text),
    rawHeaders: {},
  });
};

test("who writes at night is answered at night; who is read late is answered in the morning", async () => {
  now("16 22:00");
  await write("家里不热");
  await town.work([intakeSubscriber]);
  expect(await lastMessage()).toEqual({ template: "case-opened", at: at("16 22:00") });
  n += 1;
  await write("帮助");
  now("16 22:40");
  await town.work([intakeSubscriber]);
  expect(await lastMessage()).toEqual({ template: "keyword-answer", at: at("17 09:00") });
});
