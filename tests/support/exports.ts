/** Exports in tests: written as a worker would, and fetched by the same caller. */
import { EXPORTS } from "#workers/exports.ts";
import { writeNextExport, type WrittenExport } from "#src/office/exports/index.ts";

type ExportPlatform = Parameters<typeof writeNextExport>[0];
type Answered = {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** Writes what is due, one after the other. */
export const writeExports = async (platform: ExportPlatform): Promise<WrittenExport[]> => {
  const written: WrittenExport[] = [];
  for (;;) {
    const next = await writeNextExport(platform, EXPORTS);
    if (next === null) return written;
    written.push(next);
  }
};

/** The file of what was just asked for, read through the API by `get`. */
export const fetchWritten = async <A extends Answered>(
  platform: ExportPlatform,
  asked: A,
  get: (path: string) => Promise<A>,
): Promise<A> => {
  if (asked.status !== 202) throw new Error(`not asked for: ${asked.status} ${asked.text}`);
  await writeExports(platform);
  return get(`/exports/${String(asked.body["id"])}/file`);
};
