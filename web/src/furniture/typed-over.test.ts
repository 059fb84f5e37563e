/** Two people write over the same thing: each sees what the other saved, and one's own saving is nobody else's. */
import { expect, test } from "vitest";
import { type Kept, NOTHING_TYPED, standing, typeOver } from "./typed-over.ts";

const AT_THREE: Kept = { texts: { warnAt: "60", stopAt: "200" }, version: 3 };
const typed = typeOver(NOTHING_TYPED, AT_THREE, { warnAt: "50" });

test("what is typed stands over the version that it was typed over", () => {
  expect(standing(NOTHING_TYPED, AT_THREE)).toEqual({
    shown: AT_THREE.texts,
    isChanged: false,
    isBehind: false,
    over: 3,
  });
  expect(standing(typed, AT_THREE)).toEqual({
    shown: { warnAt: "50", stopAt: "200" },
    isChanged: true,
    isBehind: false,
    over: 3,
  });
});

test("somebody else saves meanwhile: what was typed stays, beside what he saved, and is sent over what was read", () => {
  const theirs: Kept = { texts: { warnAt: "60", stopAt: "90" }, version: 4 };
  const more = typeOver(typed, theirs, { warnAt: "55" });
  expect(standing(more, theirs)).toEqual({
    shown: { warnAt: "55", stopAt: "90" },
    isChanged: true,
    isBehind: true,
    over: 3,
  });
  // Said to be meant over theirs, it is sent over theirs; a part that only they touched stays theirs.
  expect(standing({ ...more, over: 4 }, theirs)).toMatchObject({ isBehind: false, over: 4 });
});

test("one's own saving, after which the asking was refused, is not somebody else's", () => {
  const saved: Kept = { texts: { warnAt: "50", stopAt: "200" }, version: 4 };
  expect(standing(typed, saved)).toMatchObject({ isChanged: false, isBehind: false, over: 4 });
  const corrected = typeOver(typed, saved, { warnAt: "51" });
  expect(standing(corrected, saved)).toMatchObject({ isChanged: true, isBehind: false, over: 4 });
});

test("what was saved long ago does not come back over what somebody else saved since, once something is typed anew", () => {
  const saved: Kept = { texts: { warnAt: "50", stopAt: "200" }, version: 4 };
  expect(typeOver(typed, saved, { stopAt: "100" })).toEqual({ typed: { stopAt: "100" }, over: 4 });
});
