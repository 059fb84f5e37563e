import { expect, test } from "vitest";
import { atScreen, fit, fromWorld, moved, MOST_ZOOM, onScreen, tilesIn, toWorld } from "./mercator.ts";

const size = { width: 800, height: 400 };
const town = [
  { latitude: 34.72, longitude: 113.6 },
  { latitude: 34.8, longitude: 113.75 },
].map(toWorld);

test("a place comes back from the map where it was, to a millionth of a degree", () => {
  for (const position of [
    { latitude: 34.747_215, longitude: 113.625_368 },
    { latitude: -33.9, longitude: -179.9 },
    { latitude: 0, longitude: 0 },
  ]) {
    const back = fromWorld(toWorld(position));
    expect(back.latitude).toBeCloseTo(position.latitude, 6);
    expect(back.longitude).toBeCloseTo(position.longitude, 6);
  }
  // As every owner of tiles counts: the tile of the middle of Zhengzhou at zoom 12.
  const { x, y } = toWorld({ latitude: 34.747, longitude: 113.625 });
  expect([Math.floor(x * 4096), Math.floor(y * 4096)]).toEqual([3340, 1625]);
});

test("the first view shows every place, as close as it can", () => {
  const view = fit(town, size);
  for (const point of town) {
    const { left, top } = onScreen(view, size, point);
    expect(left).toBeGreaterThan(40);
    expect(left).toBeLessThan(760);
    expect(top).toBeGreaterThan(40);
    expect(top).toBeLessThan(360);
  }
  const closer = { ...view, zoom: view.zoom + 1 };
  expect(
    town.some((point) => {
      const { left, top } = onScreen(closer, size, point);
      return left < 48 || left > 752 || top < 48 || top > 352;
    }),
  ).toBe(true);
  expect(fit(town.slice(0, 1), size).zoom).toBe(MOST_ZOOM - 1);
});

test("a screen is covered by its tiles, and by no more", () => {
  const view = fit(town, size);
  const tiles = tilesIn(view, size, "https://tiles.example.com/{z}/{x}/{y}.png");
  for (const [left, top] of [
    [0, 0],
    [799, 0],
    [0, 399],
    [799, 399],
    [400, 200],
  ] as const) {
    const covering = tiles.filter(
      (tile) => left >= tile.left && left < tile.left + 256 && top >= tile.top && top < tile.top + 256,
    );
    expect(covering).toHaveLength(1);
  }
  expect(tiles.length).toBeLessThanOrEqual(5 * 3);
  expect(new URL(tiles[0]?.address ?? "").pathname).toMatch(new RegExp(`^/${view.zoom}/\\d+/\\d+\\.png$`));
  // Over the edge of the world it goes on at the other one.
  const edge = { centre: { x: 0, y: 0.5 }, zoom: 3 };
  expect(tilesIn(edge, size, "{x}").every(({ address }) => Number(address) >= 0 && Number(address) < 8)).toBe(
    true,
  );
});

test("what is pulled to the right shows what lies to the left", () => {
  const view = fit(town, size);
  const before = atScreen(view, size, 100, 100);
  const after = onScreen(moved(view, -60, 25), size, before);
  expect(after.left).toBeCloseTo(160, 6);
  expect(after.top).toBeCloseTo(75, 6);
});
