/** What is uploaded is looked at, not believed: programs, pages and scripts under an innocent name are refused by every raw route. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routeName } from "#src/http/declarations.ts";
import { routes } from "#src/http/routes.ts";
import { type RightsTown, startRightsTown } from "./rights-town.ts";

let town: RightsTown;
beforeAll(async () => {
  town = await startRightsTown();
});
afterAll(() => town.stop());

/** Where each is checked; a raw route that is added stands here before it is served. */
const CHECKED: Readonly<Record<string, ((town: RightsTown) => string) | null>> = {
  "POST /tickets/{ticketNo}/attachments": ({ northIds }) => `/tickets/${northIds.tickets}/attachments?`,
  "POST /work-orders/{id}/photos": ({ northIds }) => `/work-orders/${northIds["work-orders"]}/photos?`,
  "POST /bank-imports": () => "/bank-imports?channel=bank-a&",
  "POST /bank-drafts": () => "/bank-drafts?channel=bank-a&",
  "POST /referral-imports/sheet": () => "/referral-imports/sheet?authority=12345&",
  // The same store of files as a work order's photo (office/documents), below a stairwell or a test.
  "POST /valve-rounds/{unitId}/photos": null,
  "POST /pressure-tests/{id}/stairwells/{unitId}/photo": null,
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
    .filter(({ consumes, permission }) => consumes === "raw" && permission !== "public")
    .map(routeName)
    .toSorted();
  expect(raw).toEqual(Object.keys(CHECKED).toSorted());
});

test("a program, a page and a script under another name are refused, and nothing breaks", async () => {
  const taken: string[] = [];
  for (const [name, addressOf] of Object.entries(CHECKED)) {
    const route = routes.find((one) => routeName(one) === name);
    if (route === undefined || addressOf === null) continue;
    const may = town.callers.find(
      ({ role, place, kind }) =>
        kind === "person" &&
        place === "everywhere" &&
        ["supervisor", "finance", "agent"].includes(role) &&
        (name.includes("bank") ? role === "finance" : role === "supervisor"),
    );
    if (may === undefined) throw new Error(`${name}: somebody may`);
    for (const [fileName, raw] of HOSTILE) {
      const answer = await town.send(
        may,
        "post",
        `${addressOf(town)}fileName=${encodeURIComponent(fileName)}`,
        { raw },
      );
      if (answer.status >= 400 && answer.status < 500) continue;
      // Markup is text by its bytes: kept as text, under a name of text, and never shown as a page.
      const address = addressOf(town);
      const file = await town.send(may, "get", `${address.slice(0, -1)}/${String(answer.body["fileId"])}`);
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
