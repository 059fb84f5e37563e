/** `npm run demo`: a company's way from the old system to a bank day that balances, played once and counted. */
import { monotonicMs } from "#src/platform/clock.ts";
import { table } from "./runtime.ts";
import { reconcileBankA } from "./story/bank-days.ts";
import { proveEverything } from "./story/books.ts";
import { billTheSeason } from "./story/billing.ts";
import { workTheCounter } from "./story/counter.ts";
import { cutOver } from "./story/cut-over.ts";
import { Stage, type Step } from "./story/stage.ts";

type Chapter = { readonly title: string; readonly play: (stage: Stage) => Promise<void> };

const CHAPTERS: readonly Chapter[] = [
  { title: "7月15日 迁入 / cut-over", play: cutOver },
  { title: "9月1日 开单 / the season's bills", play: billTheSeason },
  { title: "11月9日 营业厅 / the counter", play: workTheCounter },
  { title: "11月10至12日 A银行对账 / bank A", play: reconcileBankA },
  { title: "账务与审计 / the books and their seals", play: proveEverything },
];

const ok = (step: Step): boolean => step.expected === step.found;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const tell = (step: Step): void => say(`  ${ok(step) ? "✓" : "✗"} ${step.zh}  ${step.found}`);

const print = (steps: readonly Step[]): void =>
  say(
    table(
      ["#", "步骤", "step", "应为 expected", "实际 found", "ok"],
      steps.map((step, index) => [
        String(index + 1),
        step.zh,
        step.en,
        step.expected,
        step.found,
        ok(step) ? "✓" : "✗ OFF",
      ]),
    ),
  );

const began = monotonicMs();
const stage = new Stage(tell);
let finished = false;
try {
  say("正在建立演示环境…… / Building a fresh installation.");
  await stage.raise();
  for (const chapter of CHAPTERS) {
    say(`\n${chapter.title}`);
    await chapter.play(stage);
  }
  finished = true;
} finally {
  await stage.strike();
  const wrong = stage.steps.filter((step) => !ok(step));
  say("");
  print(stage.steps);
  const seconds = Math.round((monotonicMs() - began) / 1000);
  say(
    `\n${stage.steps.length} 步，${wrong.length} 步不符，${seconds} 秒 / ${stage.steps.length} steps, ${wrong.length} off, ${seconds} s`,
  );
  process.exitCode = finished && wrong.length === 0 ? 0 : 1;
}
