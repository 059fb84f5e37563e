import { createHash } from "node:crypto";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Each file of text also as .br and .gz, so that the API process never compresses while it serves. */
const compressed = (): Plugin => ({
  name: "compressed",
  apply: "build",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      for (const [fileName, item] of Object.entries(bundle)) {
        if (!/\.(js|css|svg|webmanifest)$/.test(fileName)) continue;
        const text = Buffer.from(item.type === "chunk" ? item.code : item.source);
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
        this.emitFile({
          type: "asset",
          fileName: `${fileName}.br`,
          source: brotliCompressSync(text, brotli),
        });
        this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(text, { level: 9 }) });
      }
    },
  },
});

type Chunks = Parameters<Extract<NonNullable<Plugin["generateBundle"]>, (...args: never[]) => unknown>>[1];

/** Everything that a page of a manager's phone loads: the entry, what it imports, and the pages below screens/area with theirs. */
const filesOfPhone = (bundle: Chunks): string[] => {
  const files = new Set<string>();
  const take = (fileName: string): void => {
    const item = bundle[fileName];
    if (item === undefined || item.type !== "chunk" || files.has(fileName)) return;
    files.add(fileName);
    for (const name of item.viteMetadata?.importedCss ?? []) files.add(name);
    for (const name of item.imports) take(name);
  };
  for (const [fileName, item] of Object.entries(bundle)) {
    if (item.type !== "chunk" || item.name === "sw") continue;
    const isOfPhone = /\/(screens\/area|shell|furniture)\//.test(item.facadeModuleId ?? "");
    if (item.name === "console" || isOfPhone) take(fileName);
  }
  const page = bundle["index.html"];
  const text = page?.type === "asset" ? String(page.source) : "";
  for (const [, name = ""] of text.matchAll(/"\/(assets\/[^"]+)"/g)) files.add(name);
  // What the bundler drops at the end (a chunk of nothing but styles) is not there to be kept.
  return [...files].filter((name) => bundle[name] !== undefined).sort();
};

/** Tells the worker of the phone what to keep, and by another text in it that there is a new version. */
const phoneShell = (): Plugin => ({
  name: "phone-shell",
  apply: "build",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("the build has no sw.js");
      const files = filesOfPhone(bundle);
      const page = bundle["index.html"];
      const text = JSON.stringify([files, page?.type === "asset" ? String(page.source) : ""]);
      const version = createHash("sha256").update(text).digest("hex").slice(0, 16);
      const told = JSON.stringify({ version, files: files.map((name) => `/${name}`) });
      worker.code = worker.code.replace(/(["'`])%SHELL%\1/, () => JSON.stringify(told));
    },
  },
});

type Looking = { getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null };

/** What a page loads before anything is opened. */
const firstOf = (entry: string): ((id: string, looking: Looking) => boolean) => {
  const found = new Set<string>();
  const take = (id: string, looking: Looking): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const next of looking.getModuleInfo(id)?.importedIds ?? []) take(next, looking);
  };
  return (id, looking) => {
    if (found.size === 0) take(path.join(import.meta.dirname, "src", entry), looking);
    return found.has(id);
  };
};
const isFirstOfConsole = firstOf("app/main.tsx");
const isFirstOfHousehold = firstOf("household/main.tsx");

/** What the console always needs comes in two files, one of which the household's page needs too: fewer requests than forty, and packed better. */
const firstFile = (id: string, looking: Looking): string | null => {
  if (!isFirstOfConsole(id, looking) || id.endsWith("/src/app/main.tsx")) return null;
  return isFirstOfHousehold(id, looking) ? "first" : "first-console";
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), phoneShell(), compressed()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // No inline script or style anywhere: the content policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Nothing of these does anything by being imported; they do not say so themselves.
      treeshake: {
        moduleSideEffects: (id) => !/node_modules\/(@rc-component|@ant-design|@babel)\//.test(id),
      },
      input: { console: "index.html", household: "household.html", sw: "src/app/phone-worker.ts" },
      // A worker's scope is the folder of its address, which stays the same.
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        codeSplitting: { groups: [{ name: firstFile, tags: ["$initial"] }] },
      },
    },
  },
  server: { proxy: { "/api": "http://localhost:3000" } },
});
