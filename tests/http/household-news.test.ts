/** What anybody reads of a building: what was said to all of it, and nothing of single homes or people. And what one home may do. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HouseholdTown, startHouseholdTown } from "#tests/support/household-page.ts";

let page: HouseholdTown;
let cookie = "";
beforeAll(async () => {
  page = await startHouseholdTown(60);
  cookie = await page.signIn(1);
}, 60_000);
afterAll(() => page.stop());

const read = async <Body>(path: string): Promise<Body> => {
  const answer = await page.me(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body as Body;
};
type News = {
  readonly trouble: unknown;
  readonly tests: readonly { readonly state: string; readonly kind: string }[];
  readonly notices: readonly { readonly title: string; readonly text: string }[];
};

const addTest = (row: { id: number; state: string; told: boolean; inDays: number }) =>
  page.town.db.owner.sql.run(
    `with round as (
       insert into pressure_rounds (kind, title, contact_name, contact_number, required_kpa, hold_minutes, allowed_drop_kpa, planned_at)
       values ('pressure', '秋季试压', '站长王某某', '0371-0000000', 600, 30, 50, :now) returning id
     ), test as (
       insert into pressure_tests (id, round_id, building_id, kind, state, starts_at, ends_at)
       select :id, id, 0, 'pressure', :state, :now::timestamptz + make_interval(days => :inDays::int),
         :now::timestamptz + make_interval(days => :inDays::int, hours => 3) from round returning id
     )
     insert into pressure_tellings (test_id, window_no, stage, told_at)
     select id, 1, 'week-before', :now from test where :told::boolean`,
    { ...row, now: page.town.db.clock.now() },
  );

const addNotice = (row: {
  title: string;
  purpose: string;
  audience: object;
  template: string;
  variables: object;
}) =>
  page.town.db.owner.sql.run(
    `with notice as (
       insert into notices (kind, title, purpose, channels, template, variables, audience, scope_kind, state, emergency,
         approved_at, started_at, created_at, changed_at)
       values ('general', :title, :purpose, array['sms'], :template, :variables::jsonb, :audience::jsonb, 'everything', 'finished',
         :purpose in ('service-notice', 'incident-update'), :now, :now, :now, :now) returning id
     )
     insert into notice_recipients (account_id, notice_id, lead_account_id, person_id, channel, contact, label)
     select 2, id, 2, 2, 'sms', 'tel:+8613800000002', '测试小区01号楼1单元2' from notice`,
    {
      ...row,
      audience: JSON.stringify(row.audience),
      variables: JSON.stringify(row.variables),
      now: page.town.db.clock.now(),
    },
  );

test("communities and buildings are found without a login, by name", async () => {
  const found = await read<{ items: { id: string; name: string }[] }>("/me/communities?q=%E6%B5%8B%E8%AF%95");
  expect(found.items).toEqual([{ id: "0", name: "测试小区0", district: "金水区" }]);
  const { items } = await read<{ items: { id: string; name: string }[] }>("/me/communities/0/buildings");
  expect(items.map(({ name }) => name)).toEqual(["1号楼", "2号楼"]);
  expect((await read<{ items: unknown[] }>("/me/communities?q=nowhere")).items).toEqual([]);
  const nobody = await page.me("/me/buildings/9999/news");
  expect([nobody.status, nobody.body["code"]]).toEqual([404, "building.not-found"]);
});

test("tests that were announced are shown, those only planned are not, and nobody's name or number with them", async () => {
  await addTest({ id: 1, state: "announced", told: true, inDays: 5 });
  await addTest({ id: 2, state: "passed", told: true, inDays: -3 });
  await addTest({ id: 3, state: "cancelled", told: false, inDays: 9 });
  const answer = await page.me("/me/buildings/0/news");
  const news = answer.body as unknown as News;
  expect(news.tests.map(({ state }) => state)).toEqual(["passed", "announced"]);
  expect(answer.text).not.toMatch(/王某某|0371-0000000/);
  expect((await read<News>("/me/buildings/1/news")).tests).toEqual([]);
});

test("a notice to whole places is shown with the building where a home stood; a narrowed one and one about money are not", async () => {
  const general = { template: "notice-general", variables: { title: "检修告知", text: "今天检修换热站" } };
  const place = { buildingIds: ["0"] };
  await addNotice({ ...general, title: "给一栋楼", purpose: "service-notice", audience: place });
  await addNotice({
    ...general,
    title: "给欠费的",
    purpose: "service-notice",
    audience: { ...place, owes: { atLeastFen: 1, offers: false } },
  });
  await addNotice({
    ...general,
    title: "给一户",
    purpose: "service-notice",
    audience: { accountNos: ["100000002"] },
  });
  const answer = await page.me("/me/buildings/0/news");
  const { notices } = answer.body as unknown as News;
  expect(notices.map(({ title }) => title)).toEqual(["给一栋楼"]);
  expect(notices[0]?.text).not.toBe("");
  expect(answer.text).not.toMatch(/1单元2|13800000002|住户/);
  expect((await read<News>("/me/buildings/1/news")).notices).toEqual([]);
});

test("an outage is told with the hour at which it is expected to end", async () => {
  expect((await read<News>("/me/buildings/1/news")).trouble).toBeNull();
  await page.town.db.owner.sql.run(
    `insert into supply_outages (building_ids, from_at, expected_back_at, cause)
     values (array[1], :now::timestamptz - interval '1 hour', :now::timestamptz + interval '4 hours', '管道抢修')`,
    { now: page.town.db.clock.now() },
  );
  const { trouble } = await read<News>("/me/buildings/1/news");
  expect(trouble).toMatchObject({ expectedBackAt: "2026-11-10T05:00:00.000Z" });
  expect((await read<News>("/me/buildings/0/news")).trouble).toBeNull();
});

test("a household reports once for a double click, and five open cases of a home are enough", async () => {
  const report = (key: string, text = "北卧室不热") =>
    page.me("/me/homes/1/cases", { cookie, key, json: { category: "heat.not-hot", text } });
  const twice = await Promise.all([report("click"), report("click")]);
  const numbers = new Set(twice.filter(({ status }) => status === 201).map(({ body }) => body["ticketNo"]));
  expect(numbers.size).toBe(1);
  for (const key of ["b", "c", "d", "e"]) expect((await report(key)).status).toBe(201);
  const more = await report("f");
  expect([more.status, more.body["code"]]).toEqual([409, "household.too-many-cases"]);
  const { items } = (await page.me("/me/homes/1/cases", { cookie })).body as {
    items: { text: string; state: string }[];
  };
  expect(items).toHaveLength(5);
  expect(items[0]).toMatchObject({ text: "北卧室不热", state: "new" });
  const stored = await page.town.db.owner.sql.one(
    "select channel, caller_number from tickets order by id desc limit 1",
  );
  expect(stored).toEqual({ channel: "self-service", caller_number: "+8613800000001" });
});

test("what the people before had to say is theirs; an agent's words are nobody's here", async () => {
  await page.town.db.owner.sql.run(
    `update account_roles set valid = daterange('2026-11-01', null) where account_id = 1`,
  );
  await page.town.db.owner.sql.run(
    "update tickets set opened_at = '2026-10-01T08:00:00+08:00' where id = (select min(id) from tickets)",
  );
  await page.town.db.owner.sql.run(
    "update tickets set channel = 'phone', summary = '来电人态度激动' where id = (select max(id) from tickets)",
  );
  const answer = await page.me("/me/homes/1/cases", { cookie });
  expect((answer.body["items"] as unknown[]).length).toBe(4);
  expect(answer.text).not.toContain("态度激动");
});

test("the valve: an open one needs no order; consent: the last word counts and stands at the person", async () => {
  const asked = await page.me("/me/homes/1/valve-request", { cookie, method: "POST" });
  expect(asked.body).toEqual({ outcome: "refused", orderNo: null, reason: "valve-open" });
  const say = (granted: boolean) =>
    page.me("/me/homes/1/consents", { cookie, method: "PUT", json: { purpose: "greeting", granted } });
  await say(true);
  expect((await say(false)).body["items"]).toContainEqual({ purpose: "greeting", granted: false });
  const words = await page.town.db.owner.sql.rows(
    "select person_id, granted, source from consents where purpose = 'greeting' order by id",
  );
  expect(words).toEqual([
    { person_id: 1n, granted: true, source: "household-page" },
    { person_id: 1n, granted: false, source: "household-page" },
  ]);
});

test("why: each line says its figures, as the bill has them", async () => {
  const home = await page.me("/me/homes/1", { cookie });
  const bills = home.body["bills"] as { lines: { formula: string }[] }[];
  expect(bills.map(({ lines }) => lines[0]?.formula)).toEqual(
    Array(2).fill(expect.stringMatching(/^90(\.00)? × 0\.19 × 120 = 2,052\.00$/)),
  );
});
