/** Photos with a report: by what they are and not by what they are called, few, once, and only for a case of one's own that is open. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "./edge.ts";
import { type HouseholdTown, startHouseholdTown } from "#tests/support/household-page.ts";

let page: HouseholdTown;
let cookie = "";
beforeAll(async () => {
  page = await startHouseholdTown();
  cookie = await page.signIn(1);
}, 60_000);
afterAll(() => page.stop());

const PNG = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
    "base64",
  ),
);
let keys = 0;
const report = async (text: string): Promise<string> => {
  const json = { category: "fault.leak", text };
  const made = await page.me("/me/homes/1/cases", { cookie, key: `case-${(keys += 1)}`, json });
  expect(made.status).toBe(201);
  return String(made.body["ticketNo"]);
};
type Sending = { raw?: Uint8Array<ArrayBuffer>; type?: string; key?: string; home?: number; as?: string };
const send = (ticketNo: string, more: Sending = {}) =>
  ask(page.edge, `/api/v1/me/homes/${more.home ?? 1}/cases/${ticketNo}/photos?fileName=wet.png`, {
    raw: more.raw ?? PNG,
    headers: {
      "x-nuan": "1",
      "sec-fetch-site": "same-origin",
      "content-type": more.type ?? "image/png",
      "idempotency-key": more.key ?? `photo-${(keys += 1)}`,
      cookie: more.as ?? cookie,
    },
  });
const filesOf = (ticketNo: string) =>
  page.town.db.owner.sql.rows<{ text: string; textEn: string }>(
    `select text, text_en as "textEn" from ticket_entries where ticket_id = :id and kind = 'attachment'`,
    { id: BigInt(ticketNo.slice(0, -1)) },
  );
const mine = async () =>
  (await page.me("/me/homes/1/cases", { cookie })).body["items"] as {
    ticketNo: string;
    photos: number;
    takesPhotos: boolean;
  }[];

test("a photo stands on the case once, however often it is sent; a fifth is one too many", async () => {
  const ticketNo = await report("厨房墙面渗水");
  const first = await send(ticketNo, { key: "the-first-photo" });
  expect([first.status, first.body]).toEqual([201, { photos: 1 }]);
  expect((await send(ticketNo, { key: "the-first-photo" })).body).toEqual({ photos: 1 });
  expect(await filesOf(ticketNo)).toEqual([{ text: "住户上传的照片", textEn: "Photo from the household" }]);
  const more = await Promise.all([1, 2, 3, 4, 5].map(() => send(ticketNo)));
  expect(more.filter(({ status }) => status === 201)).toHaveLength(3);
  expect(new Set(more.filter(({ status }) => status !== 201).map(({ body }) => body["code"]))).toEqual(
    new Set(["household.too-many-photos"]),
  );
  expect(await filesOf(ticketNo)).toHaveLength(4);
  expect((await mine()).find((one) => one.ticketNo === ticketNo)).toMatchObject({
    photos: 4,
    takesPhotos: false,
  });
});

test("what is no photo is refused, whatever it is called, and so is too much", async () => {
  const ticketNo = await report("卫生间顶棚渗水");
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "latin1"));
  const pdf = bytes("%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF");
  const refusals = [
    await send(ticketNo, { raw: bytes("MZ\x90\x00\x03\x00\x00\x00\x04") }),
    await send(ticketNo, { raw: bytes("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>") }),
    await send(ticketNo, { raw: pdf, type: "application/octet-stream" }),
    await send(ticketNo, { type: "image/jpeg" }),
    await send(ticketNo, { raw: new Uint8Array(0) }),
    await send(ticketNo, { raw: new Uint8Array(12 * 1024 * 1024 + 1) }),
  ];
  expect(refusals.map(({ status, body }) => `${status} ${String(body["code"])}`)).toEqual([
    "415 file.type-refused",
    "422 file.type-differs",
    "415 file.type-refused",
    "422 file.type-differs",
    "400 file.empty",
    "413 file.too-large",
  ]);
  expect(await filesOf(ticketNo)).toEqual([]);
});

test("a case of another home, of another door and one that is over take none", async () => {
  const ticketNo = await report("客厅暖气片渗水");
  const other = await page.signIn(2);
  const said = async (answer: ReturnType<typeof send>) => {
    const { status, body } = await answer;
    return `${status} ${String(body["code"])}`;
  };
  expect(await said(send(ticketNo, { as: other }))).toBe("404 home.not-found");
  expect(await said(send(ticketNo, { as: other, home: 2 }))).toBe("404 ticket.not-found");
  expect(await said(send("12345"))).toBe("404 ticket.not-found");
  expect(await said(send(ticketNo, { as: "nuan-me=none" }))).toBe("401 auth.required");
  await page.town.db.owner.sql.run("update tickets set channel = 'phone' where id = :id", {
    id: BigInt(ticketNo.slice(0, -1)),
  });
  expect(await said(send(ticketNo))).toBe("404 ticket.not-found");
  expect(await filesOf(ticketNo)).toEqual([]);
});
