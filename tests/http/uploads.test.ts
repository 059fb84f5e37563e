/** What is uploaded is looked at, not believed: programs, pages and scripts under an innocent name are refused by every raw route. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routeName } from "#src/http/declarations.ts";
import { routes } from "#src/http/routes.ts";
import { type PlantedObjects, plantObjects } from "./rights-plant.ts";
import { type RightsTown, startRightsTown } from "./rights-town.ts";

let town: RightsTown;
let planted: PlantedObjects;
beforeAll(async () => {
  town = await startRightsTown();
  planted = await plantObjects(town);
}, 60_000);
afterAll(() => town.stop());

const of = (object: string): string => planted.north[object] ?? "";
/**
 * Where a file goes, and where it is read again when it was taken; `kept` is read when the thing it proves has ended; `nameless` is told no
 * name of it.
 */
type Way = { readonly to: string; readonly from?: string; readonly kept?: true; readonly nameless?: true };
/** Where each is checked; a raw route that is added stands here before it is served. */
const CHECKED: Readonly<Record<string, () => Way>> = {
  "POST /tickets/{ticketNo}/attachments": () => ({
    to: `/tickets/${of("/tickets/{ticketNo}")}/attachments?`,
  }),
  "POST /work-orders/{id}/photos": () => ({ to: `/work-orders/${of("/work-orders/{id}")}/photos?` }),
  "POST /bank-imports": () => ({ to: "/bank-imports?channel=bank-a&" }),
  "POST /bank-drafts": () => ({ to: "/bank-drafts?channel=bank-a&" }),
  "POST /network/position-lists": () => ({ to: "/network/position-lists?dry=false&", nameless: true }),
  "POST /referral-imports/sheet": () => ({ to: "/referral-imports/sheet?authority=12345&" }),
  "POST /valve-rounds/{unitId}/photos": () => ({
    to: "/valve-rounds/0/photos?",
    from: `/work-orders/${of("valve-order")}/photos`,
  }),
  "POST /incidents/{id}/evidence-files": () => ({
    to: `/incidents/${of("/incidents/{id}")}/evidence-files?`,
    kept: true,
  }),
  "POST /pressure-tests/{id}/stairwells/{unitId}/photo": () => ({
    to: `/pressure-tests/${of("/pressure-tests/{id}")}/stairwells/0/photo?`,
  }),
};

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "latin1"));
const HOSTILE: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  [
    "photo.jpg",
    bytesOf("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00This program cannot be run"),
  ],
  ["photo.png", bytesOf("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00")],
  ["scan.pdf", bytesOf("<!doctype html><script>alert(1)</script>")],
  ["drawing.svg", bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ["list.xlsx", bytesOf("PK\x03\x04\x14\x00\x00\x00\x00\x00not a workbook")],
];

test("every raw route of people is known to this test", () => {
  const raw = routes
    // A household's photos: household-photos.test.ts.
    .filter(({ consumes, permission }) => consumes === "raw" && !/^(?:public|me\.)/.test(permission))
    .map(routeName)
    .toSorted();
  expect(raw).toEqual(Object.keys(CHECKED).toSorted());
});

test("a program, a page and a script under another name are refused, and nothing breaks", async () => {
  const taken: string[] = [];
  for (const [name, wayOf] of Object.entries(CHECKED)) {
    const route = routes.find((one) => routeName(one) === name);
    if (route === undefined) throw new Error(`there is no ${name}`);
    const { to, from = to.slice(0, -1), kept, nameless } = wayOf();
    const role = name.includes("bank") ? "finance" : name.includes("network") ? "admin" : "supervisor";
    const may = town.callers.find(
      (caller) => caller.kind === "person" && caller.place === "everywhere" && caller.role === role,
    );
    if (may === undefined) throw new Error(`${name}: somebody may`);
    for (const [fileName, raw] of HOSTILE) {
      const address = nameless ? to.slice(0, -1) : `${to}fileName=${encodeURIComponent(fileName)}`;
      const answer = await town.send(may, "post", address, { raw });
      if (answer.status >= 400 && answer.status < 500) continue;
      if (kept) {
        // What is kept as text is served as text alone, by the one answer that all files have.
        const id = String(answer.body["ref"]).replace("file:", "");
        const row = await town.db.database.sql.one<{ mediaType: string; fileName: string }>(
          `select media_type as "mediaType", file_name as "fileName" from stored_files where id = :id::bigint`,
          { id },
        );
        if (row.mediaType !== "text/plain" || !row.fileName.endsWith(".txt"))
          taken.push(`${name} ${fileName}: ${row.mediaType} ${row.fileName}`);
        continue;
      }
      // Markup is text by its bytes: kept as text, under a name of text, and never shown as a page.
      const file = await town.send(may, "get", `${from}/${String(answer.body["fileId"])}`);
      const isHarmless =
        answer.status === 201 &&
        /^text\/plain\b/.test(file.headers.get("content-type") ?? "") &&
        /^attachment\b.*\.txt/.test(file.headers.get("content-disposition") ?? "") &&
        file.headers.get("x-content-type-options") === "nosniff";
      if (!isHarmless || !Buffer.from(raw).toString("latin1").startsWith("<"))
        taken.push(`${name} ${fileName}: ${answer.status} ${JSON.stringify([...file.headers])}`);
    }
  }
  expect(taken).toEqual([]);
});
