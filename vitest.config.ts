import { configDefaults, defineConfig } from "vitest/config";

// `npm run test:services` (TEST_SERVICES=1, TEST_DATABASE_URL): the integration suite on the machine's own PostgreSQL,
// and what needs its `redis-server`. Everything else runs on the embedded default.
const services = process.env["TEST_SERVICES"] === "1";
// `npm run test:browser`: the console in Debian's Chromium, against the real processes.
const browser = process.env["TEST_BROWSER"] === "1";
// CI adds up the reports of all its runs.
const reports = process.env["VITEST_REPORTS"];

export default defineConfig({
  test: {
    include: services
      ? ["tests/integration/**/*.test.ts", "tests/services/**/*.test.ts"]
      : browser
        ? ["tests/browser/**/*.test.ts"]
        : ["src/**/*.test.ts", "web/src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude:
      services || browser
        ? configDefaults.exclude
        : [...configDefaults.exclude, "tests/services/**", "tests/browser/**"],
    reporters:
      reports === undefined
        ? ["default"]
        : ["default", ["json", { outputFile: `${reports}/${process.pid}.json` }]],
    globalSetup: ["tests/support/global-setup.ts"],
    // What hangs is ended; no test is proven by them. On a machine with fifteen busy processes beside it, a test takes ten times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
    pool: "forks",
    // Tests wait for browsers, for servers that die and for answers that take their time: a third worker uses what two cores leave.
    maxWorkers: 3,
    // A worker goes on to the next file with the modules that it has: reading all of them anew for each of 250 files took a quarter of
    // the run. No test mocks one, and what a module keeps it keeps by database, by file or by text.
    isolate: false,
  },
});
