/** The settings of the map: whose tiles (地图瓦片) lie under it. Without any it is a schematic grid, and no browser asks another site. */
import { z } from "zod";
import { described } from "./config-described.ts";

const PLACES = ["{z}", "{x}", "{y}"] as const;
const LOOPBACK = new Set(["localhost", "127.0.0.1"]);

/** The address of one tile: what a browser asks for. */
const sampleOf = (template: string): URL | null =>
  URL.parse(PLACES.reduce((text, place) => text.replaceAll(place, "0"), template));

/** What is wrong with an address of tiles; null when a browser can use it and a content policy can name its origin. */
const faultOf = (template: string): string | null => {
  const url = sampleOf(template);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return "must be a web address";
  // The origin goes into a policy as it is: a name and nothing that a policy would read as more.
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(url.hostname)) return "must name one host, without placeholders";
  if (/^[a-z]+:\/\/[^/]*[{}]/i.test(template)) return "must name one host, without placeholders";
  if (url.username !== "" || url.password !== "") return "must hold no login";
  if (url.protocol === "http:" && !LOOPBACK.has(url.hostname))
    return "must begin with https:// (plain http is accepted for this machine only)";
  const missing = PLACES.filter((place) => !template.includes(place));
  return missing.length === 0 ? null : `must hold ${missing.join(", ")}`;
};

const tilesAddress = z.string().superRefine((value, context) => {
  const fault = faultOf(value);
  if (fault !== null) context.addIssue(fault);
});

export const mapShape = {
  MAP_TILES_URL: described(tilesAddress.optional(), {
    default: "",
    zh: "地图瓦片地址，含 {z}、{x}、{y}，如 https://tiles.example.com/{z}/{x}/{y}.png；不填则地图为示意网格，浏览器不访问任何外部站点（docs/console.md）",
    en: "Address of map tiles with {z}, {x}, {y}, such as https://tiles.example.com/{z}/{x}/{y}.png; without it the map is a schematic grid and no browser asks another site (docs/console.md)",
  }),
  MAP_TILES_CREDIT: described(z.string().max(200, "must have at most 200 characters").default(""), {
    default: "",
    zh: "地图右下角的版权说明（审图号等），按瓦片提供方的要求填写",
    en: "What the owner of the tiles wants to be said below the map (copyright, approval number)",
  }),
};

type MapSettings = z.output<z.ZodObject<typeof mapShape>>;

export type MapTiles = {
  /** With {z}, {x} and {y}. */
  readonly url: string;
  /** The one origin that pages may show pictures of besides our own. */
  readonly origin: string;
  readonly credit: string;
};

export const mapTilesOf = (settings: MapSettings): MapTiles | undefined => {
  const { MAP_TILES_URL: url, MAP_TILES_CREDIT: credit } = settings;
  const sample = url === undefined ? null : sampleOf(url);
  return url === undefined || sample === null ? undefined : { url, origin: sample.origin, credit };
};
