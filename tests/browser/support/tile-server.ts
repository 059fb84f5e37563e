/** Somebody else's map tiles, of another origin than ours: one picture for every address that is asked for. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PHOTO } from "#tests/support/test-town.ts";

export type TileServer = {
  /** As the setting takes it. */
  readonly template: string;
  /** Paths, in the order in which they were asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
};

export const startTileServer = async (): Promise<TileServer> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("Content-Type", "image/png").end(PHOTO);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    template: `http://127.0.0.1:${port}/{z}/{x}/{y}.png`,
    asked,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
};
