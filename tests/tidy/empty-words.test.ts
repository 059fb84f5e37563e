/** An empty list says what is not there, and what to do next or when something will be: two sentences, or a reason why one is enough. */
import { expect, test } from "vitest";
import { read } from "./sources.ts";

/** Good news, or a list that is complete as it is: nothing is to be done. */
const ENOUGH: Readonly<Record<string, string>> = {
  noGaps: "every home has been told",
  noReveal: "nobody was shown anything: nothing is to be done",
  noArrears: "nobody owes anything: nothing is to be done",
  noAdjustments: "what was frozen still holds",
  nothing: "of a bill run: says itself why there is nothing",
  noRows: "behind a figure of none; the figures stand beside it",
  emptyBasket: "is itself what to do",
  reassignEmpty: "is itself what to do",
  chooseWhere: "is itself what to do",
};

/** `empty={t("noToken")}`, `<Empty text={t("nothing")} />`, in their area's folder. */
const USED = /(?:\bempty=|<Empty text=)\{(?:t|say)\("([\w.-]+)"/g;
const areaOf = (file: string): string => file.split("/").slice(0, 4).join("/");

const used = new Set(
  read("web/src/screens/**/*.tsx").flatMap(({ name, text }) =>
    [...text.matchAll(USED)].map(([, key = ""]) => `${areaOf(name)} ${key}`),
  ),
);
const texts = read("web/src/screens/**/words*.ts").flatMap(({ name, text }) =>
  [...text.matchAll(/\n {4}"?([\w.-]+)"?:\s*"((?:[^"\\]|\\.)*)"/g)].map(([, key = "", said = ""]) => ({
    at: `${areaOf(name)} ${key}`,
    said,
  })),
);
const sentencesIn = (said: string): number =>
  said.split(/[。；？]|[.;?:](?: |$)/).filter((part) => part.trim() !== "").length;

test("says what to do next", () => {
  expect(used.size).toBeGreaterThan(50);
  const short = texts.filter(
    ({ at, said }) => used.has(at) && sentencesIn(said) < 2 && ENOUGH[at.split(" ")[1] ?? ""] === undefined,
  );
  expect(short).toEqual([]);
});

test("whatever is let off is still shown, and says so shortly", () => {
  const shown = new Set([...used].map((at) => at.split(" ")[1]));
  expect(Object.keys(ENOUGH).filter((key) => !shown.has(key))).toEqual([]);
});
