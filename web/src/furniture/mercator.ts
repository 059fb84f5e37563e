/** Where places lie on a map of tiles: the projection that all of them have (Web Mercator), and what a window of it shows. */

export type Position = { readonly latitude: number; readonly longitude: number };
/** On the whole world, from 0 to 1: rightwards and downwards. */
export type Point = { readonly x: number; readonly y: number };
export type Size = { readonly width: number; readonly height: number };
export type View = { readonly centre: Point; readonly zoom: number };
export type Tile = {
  readonly key: string;
  readonly address: string;
  readonly left: number;
  readonly top: number;
};

export const TILE_PIXELS = 256;
export const LEAST_ZOOM = 3;
export const MOST_ZOOM = 18;
/** The whole of the country, while nothing has a place. */
export const EVERYWHERE: View = { centre: { x: 0.79, y: 0.39 }, zoom: 4 };
const MARGIN = 48;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

export const toWorld = ({ latitude, longitude }: Position): Point => ({
  x: (longitude + 180) / 360,
  y: (1 - Math.asinh(Math.tan(radians(latitude))) / Math.PI) / 2,
});

export const fromWorld = ({ x, y }: Point): Position => ({
  latitude: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI,
  longitude: x * 360 - 180,
});

/** Pixels of the whole world at a zoom. */
const worldPixels = (zoom: number): number => TILE_PIXELS * 2 ** zoom;

const boundedZoom = (zoom: number): number => Math.min(Math.max(zoom, LEAST_ZOOM), MOST_ZOOM);

/** The closest view that shows all of them; of none the whole country. */
export const fit = (points: readonly Point[], size: Size): View => {
  if (points.length === 0) return EVERYWHERE;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const zoomOf = (span: number, pixels: number): number =>
    span === 0
      ? MOST_ZOOM - 1
      : Math.log2(Math.max(pixels - 2 * MARGIN, TILE_PIXELS / 2) / (TILE_PIXELS * span));
  const zoom = Math.floor(
    Math.min(zoomOf(right - left, size.width), zoomOf(bottom - top, size.height), MOST_ZOOM - 1),
  );
  return { centre: { x: (left + right) / 2, y: (top + bottom) / 2 }, zoom: boundedZoom(zoom) };
};

export const onScreen = (
  view: View,
  size: Size,
  point: Point,
): { readonly left: number; readonly top: number } => ({
  left: (point.x - view.centre.x) * worldPixels(view.zoom) + size.width / 2,
  top: (point.y - view.centre.y) * worldPixels(view.zoom) + size.height / 2,
});

export const atScreen = (view: View, size: Size, left: number, top: number): Point => ({
  x: view.centre.x + (left - size.width / 2) / worldPixels(view.zoom),
  y: view.centre.y + (top - size.height / 2) / worldPixels(view.zoom),
});

export const moved = (view: View, pixelsRight: number, pixelsDown: number): View => ({
  ...view,
  centre: {
    x: view.centre.x + pixelsRight / worldPixels(view.zoom),
    y: Math.min(Math.max(view.centre.y + pixelsDown / worldPixels(view.zoom), 0), 1),
  },
});

export const zoomed = (view: View, by: number): View => ({ ...view, zoom: boundedZoom(view.zoom + by) });

/** `template` with {z}, {x} and {y}; a tile beyond an edge of the world comes from its other side. */
export const tilesIn = (view: View, size: Size, template: string): Tile[] => {
  const count = 2 ** view.zoom;
  const corner = atScreen(view, size, 0, 0);
  const end = atScreen(view, size, size.width, size.height);
  const tiles: Tile[] = [];
  for (let y = Math.max(Math.floor(corner.y * count), 0); y <= Math.min(end.y * count, count - 1); y += 1) {
    for (let x = Math.floor(corner.x * count); x <= end.x * count; x += 1) {
      const { left, top } = onScreen(view, size, { x: x / count, y: y / count });
      const column = ((x % count) + count) % count;
      tiles.push({
        key: `${view.zoom}/${x}/${y}`,
        address: template
          .replaceAll("{z}", String(view.zoom))
          .replaceAll("{x}", String(column))
          .replaceAll("{y}", String(y)),
        left,
        top,
      });
    }
  }
  return tiles;
};
