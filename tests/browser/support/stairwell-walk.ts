/** A manager's walk through stairwells without signal: every door tapped, one photo a shaft, each press on the page counted. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "otplib";
import type { BrowserContext, Page } from "playwright-core";
import { until } from "#tests/support/until.ts";
import { type BrowserTown, PASSWORD } from "./town.ts";

/** Doors of the walk; `DOORS=130` is a manager's day. */
export const DOORS = Number(process.env["DOORS"] ?? "2");
/** The whole day: a phone that computes four times slower, photos as its camera makes them, a line of the street, a kill in the middle. */
export const isWholeDay = process.env["DOORS"] !== undefined;

/** In every page: counts what a finger does to it, and how long each tap took until its door was marked on the screen. */
export const COUNT_PRESSES = `
  globalThis.presses = 0;
  globalThis.marked = [];
  addEventListener("pointerdown", (event) => { if (event.isTrusted) globalThis.presses += 1; }, true);
  addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row === null || event.target.closest("button") === null) return;
    const began = performance.now();
    const look = new MutationObserver(() => {
      if (!row.textContent.includes("待发送")) return;
      look.disconnect();
      requestAnimationFrame(() => globalThis.marked.push(performance.now() - began));
    });
    look.observe(row, { subtree: true, childList: true, characterData: true });
  }, true);`;
/** A phone whose clock is a day ahead of everybody's. */
export const A_DAY_AHEAD = "Date.now = ((now) => () => now() + 86_400_000)(Date.now);";
const pressesOn = (page: Page): Promise<number> => page.evaluate<number>("globalThis.presses");
const markedOn = (page: Page): Promise<number[]> => page.evaluate<number[]>("globalThis.marked");

/** What the camera of a phone asks for: the shutter, and that the picture is to be used. */
const PRESSES_IN_THE_CAMERA = 2;

export type Kept = {
  /** Of a copy. */
  readonly name?: string;
  readonly key: string;
  readonly kind: string;
  readonly about: string;
  readonly login: string;
  readonly body?: { readonly doors?: readonly { readonly id: string }[] };
};
/** What the phone's own database holds. */
export const keptOn = (page: Page, store: "outbox" | "sent" | "copies"): Promise<Kept[]> =>
  page.evaluate<Kept[]>(
    `new Promise((resolve) => { const open = indexedDB.open("nuan-phone"); open.onsuccess = () => { const all = open.result.transaction("${store}").objectStore("${store}").getAll(); all.onsuccess = () => { open.result.close(); resolve(all.result); }; }; })`,
  );

/** Without reading them: a question that is asked again and again is not to slow what it asks about. */
const countUnsent = (page: Page): Promise<number> =>
  page.evaluate<number>(
    `new Promise((resolve) => { const open = indexedDB.open("nuan-phone"); open.onsuccess = () => { const count = open.result.transaction("outbox").objectStore("outbox").count(); count.onsuccess = () => { open.result.close(); resolve(count.result); }; }; })`,
  );

/** Sets up the authenticator and binds this phone. */
export const bindPhone = async (page: Page): Promise<void> => {
  await page.goto("/my/phone");
  await page.getByRole("button", { name: "设置验证器" }).click();
  const uri = (await page.getByRole("link", { name: "在验证器中打开" }).getAttribute("href")) ?? "";
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  // By the clock of the house, as a machine's own is: in this town it was moved.
  const now = await page.evaluate<string>(
    `fetch("/api/v1/session", { headers: { "X-Nuan": "1" } }).then((answer) => answer.headers.get("x-nuan-time"))`,
  );
  const epoch = Math.floor(Date.parse(now) / 1000);
  await page.getByLabel("验证码（6 位数字）").fill(await generate({ secret, epoch }));
  await page.getByRole("button", { name: "确认验证器" }).click();
  await page.getByLabel("登录密码").fill(PASSWORD);
  await page.getByRole("button", { name: "绑定这部手机" }).click();
  await page.getByRole("heading", { name: /这部手机已绑定，登录保持到 2027-03-15/ }).waitFor();
};

/** A picture as large as `megabytes`, made by the browser: noise, which no format makes small. */
export const cameraPhoto = async (page: Page, megabytes: number): Promise<Buffer> => {
  const side = Math.round(Math.sqrt(megabytes * 1_000_000 * 0.62));
  const text = await page.evaluate<string>(
    `(async () => { const canvas = new OffscreenCanvas(${side}, ${side}); const brush = canvas.getContext("2d");
      const image = brush.createImageData(${side}, ${side}); const data = new Uint32Array(image.data.buffer);
      for (let at = 0; at < data.length; at += 1) data[at] = (Math.random() * 0xffffff) | 0xff000000;
      brush.putImageData(image, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
      return new Promise((resolve) => { const reader = new FileReader(); reader.onload = () => resolve(reader.result); reader.readAsDataURL(blob); }); })()`,
  );
  return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
};

export type Walked = {
  readonly doors: number;
  readonly shafts: number;
  /** The most presses that one valve took, its share of the photo behind its shaft's door included. */
  readonly most: number;
  readonly presses: number;
  /** From a tap to the mark beside the door, milliseconds. */
  readonly tapMs: readonly number[];
  readonly photoMs: readonly number[];
};

const OPENED = 'button[aria-label$=" 已开"]';
const floorsWith = (page: Page) =>
  page
    .getByRole("region")
    .locator("> div")
    .filter({ has: page.getByRole("button", { name: /\S 已开$/ }) });

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);
/** The photo of a shaft; of a whole day as a camera makes them, 3 MB. */
export const shaftPhoto = async (page: Page, folder: string): Promise<string> => {
  const file = path.join(folder, isWholeDay ? "shaft.jpg" : "shaft.png");
  writeFileSync(file, isWholeDay ? await cameraPhoto(page, 3) : PNG);
  return file;
};

/** Walks `shafts` shafts of the list as it is: each of their doors, then their photo. */
export const walkShafts = async (page: Page, shafts: number, photo: string): Promise<Walked> => {
  const photoMs: number[] = [];
  let most = 0;
  let doors = 0;
  const before = await pressesOn(page);
  const markedBefore = (await markedOn(page)).length;
  for (let done = 0; done < shafts; done += 1) {
    // A floor with nothing more to tap drops out of this list; a handle to it stays.
    const floor = await floorsWith(page).first().elementHandle();
    if (floor === null) throw new Error("a shaft is left");
    const pressedBefore = await pressesOn(page);
    let began = performance.now();
    const here = (await floor.$$(OPENED)).length;
    // The last door of a shaft opens the camera by itself.
    for (let left = here; left > 0; left -= 1) {
      const button = await floor.$(OPENED);
      if (button === null) throw new Error("a door is left");
      const marked = (await markedOn(page)).length;
      const [chooser] = await Promise.all([
        left === 1 ? page.waitForEvent("filechooser") : undefined,
        button.click(),
      ]);
      await until("the door is marked", async () => (await markedOn(page)).length > marked);
      if (chooser === undefined) continue;
      began = performance.now();
      await chooser.setFiles(photo);
    }
    await floor.waitForSelector("text=管井已拍");
    photoMs.push(performance.now() - began);
    const pressed = (await pressesOn(page)) - pressedBefore + PRESSES_IN_THE_CAMERA;
    most = Math.max(most, pressed / here);
    doors += here;
  }
  const presses = (await pressesOn(page)) - before + shafts * PRESSES_IN_THE_CAMERA;
  const tapMs = (await markedOn(page)).slice(markedBefore);
  return { doors, shafts, most, presses, tapMs, photoMs };
};

/** How many shafts of the list have a door that waits for its tap. */
export const shaftsLeft = (page: Page): Promise<number> => floorsWith(page).count();

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
};

/** A phone of the cheaper kind: it computes four times slower than this machine. */
export const slowPhone = async (page: Page): Promise<void> => {
  if (!isWholeDay) return;
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
};

/**
 * Sets how many bytes this phone has for the console; all of its disk without a number. The browser looks again after half a minute:
 * a phone that was just opened knows at once.
 */
export const roomOf = async (page: Page, { url: origin }: BrowserTown) => {
  const session = await page.context().newCDPSession(page);
  return async (quotaSize?: number): Promise<void> => {
    await session.send("Storage.overrideQuotaForOrigin", {
      origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });
  };
};

/** From now on the disk takes none of the notes of what arrived: their writes fail as they do on a full one. */
export const noRoomForNotes = (page: Page): Promise<void> =>
  page.evaluate<void>(
    `(() => { const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (...given) {
      if (this.name === "sent") throw new DOMException("no room", "QuotaExceededError");
      return put.apply(this, given); }; })()`,
  );

/** A line of the street: 4G at the edge of its cell, 150 ms there and back, half a megabyte a second up. */
const STREET = { offline: false, latency: 150, downloadThroughput: 1_000_000, uploadThroughput: 500_000 };
const lineOfTheStreet = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", STREET);
};

export type Handed = {
  /** How often each record was sent, by its key. */
  readonly times: ReadonlyMap<string, number>;
  readonly seconds: number;
  /** Of those, from the kill to the next record that was answered. */
  readonly stoodSeconds: number;
  readonly megabytes: number;
};

/** The line is back: everything goes. Of a whole day the API is killed when half of the doors are sent. */
export const handOver = async (context: BrowserContext, town: BrowserTown): Promise<Handed> => {
  const times = new Map<string, number>();
  const answers: number[] = [];
  let taps = 0;
  let bytes = 0;
  let killedAt: number | undefined;
  const [page] = context.pages();
  if (page === undefined) throw new Error("the phone has a page");
  context.on("request", (request) => {
    const key = request.headers()["idempotency-key"];
    if (key !== undefined) times.set(key, (times.get(key) ?? 0) + 1);
  });
  context.on("requestfinished", (request) => {
    if (request.headers()["idempotency-key"] === undefined) return;
    answers.push(performance.now());
    bytes += Number(request.headers()["content-length"] ?? 0) || (request.postDataBuffer()?.length ?? 0);
  });
  await context.route("**/api/v1/valve-taps", async (route) => {
    taps += 1;
    const sending = route.continue();
    if (isWholeDay && taps === Math.round(DOORS / 2)) {
      killedAt = performance.now();
      town.killApi();
    }
    await sending;
  });
  const began = performance.now();
  await context.setOffline(false);
  if (isWholeDay) for (const one of context.pages()) await lineOfTheStreet(one);
  await until("all is sent", async () => (await countUnsent(page)) === 0, 600_000);
  const ended = performance.now();
  await context.unroute("**/api/v1/valve-taps");
  const after = answers.find((at) => killedAt !== undefined && at > killedAt);
  return {
    times,
    seconds: (ended - began) / 1000,
    stoodSeconds: after === undefined || killedAt === undefined ? 0 : (after - killedAt) / 1000,
    megabytes: bytes / 1_000_000,
  };
};

/** The figures of a whole day, for whoever writes them down. */
export const sayFigures = (
  walks: readonly Walked[],
  { seconds, stoodSeconds, megabytes }: Handed,
): string => {
  const sum = (of: (one: Walked) => number): number => walks.reduce((all, one) => all + of(one), 0);
  const taps = walks.flatMap(({ tapMs }) => tapMs);
  const photos = walks.flatMap(({ photoMs }) => photoMs);
  const of = (name: string, values: readonly number[]): string =>
    `${name} ms: p50 ${percentile(values, 0.5)}, p95 ${percentile(values, 0.95)}, longest ${percentile(values, 1)}`;
  return [
    `doors ${sum(({ doors }) => doors)} in ${sum(({ shafts }) => shafts)} shafts`,
    `presses a valve: mean ${(sum(({ presses }) => presses) / sum(({ doors }) => doors)).toFixed(2)}, most ${Math.max(...walks.map(({ most }) => most))}`,
    of("tap to mark", taps),
    of("photo to mark", photos),
    `sending: ${seconds.toFixed(1)} s in all, ${stoodSeconds.toFixed(1)} s of it after the kill, ${megabytes.toFixed(1)} MB`,
  ].join("\n");
};
