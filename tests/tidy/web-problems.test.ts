/** Every refusal that HTTP can answer has a Chinese text, and no other has one. */
import { expect, test } from "vitest";
import { OF_REQUESTS as REQUEST_STATUSES } from "#src/http/statuses-of-requests.ts";
import { OF_RULES as RULE_STATUSES } from "#src/http/statuses-of-rules.ts";
import { OF_STATES as STATE_STATUSES } from "#src/http/statuses-of-states.ts";
import type { ProblemTexts } from "../../web/src/words/problem-text.ts";
import { OF_REQUESTS } from "../../web/src/words/problems-of-requests.ts";
import { OF_RULES } from "../../web/src/words/problems-of-rules.ts";
import { OF_STATES } from "../../web/src/words/problems-of-states.ts";

/**
 * What ends a command on the machine, a process or a machine's call, and never meets a page: the command line's own words, the
 * installation, the mailbox, signed webhooks, files that only the command line reads.
 */
const NEVER_ON_A_PAGE =
  /^(usage|backup|restore|demo|start|migration|opening|roll|station-list|mail|queue|secret|webhook|bank-file|gateway|live|subscribers|workers)\.|^database\.(?!(busy|unavailable|not-committed|full)$)|^(config\.invalid|file\.unwritable|job\.unknown|template\.undeclared|call-event\.unreadable|console\.not-built)$/;

const GROUPS: readonly (readonly [string, Readonly<Record<string, number>>, ProblemTexts])[] = [
  ["requests", REQUEST_STATUSES, OF_REQUESTS],
  ["states", STATE_STATUSES, OF_STATES],
  ["rules", RULE_STATUSES, OF_RULES],
];

test.each(GROUPS)(
  "of-%s: the table of texts and the table of statuses name the same codes",
  (_, statuses, texts) => {
    const codes = Object.keys(statuses).filter((code) => !NEVER_ON_A_PAGE.test(code));
    expect({
      missing: codes.filter((code) => texts[code] === undefined),
      idle: Object.keys(texts).filter((code) => !codes.includes(code)),
    }).toEqual({ missing: [], idle: [] });
  },
);

test("a text is a short Chinese sentence, without the full stop that the screen sets by itself", () => {
  const wrong = GROUPS.flatMap(([, , texts]) =>
    Object.entries(texts).flatMap(([code, parts]) =>
      parts
        .filter(
          (part) =>
            part === undefined ||
            !/\p{Script=Han}/u.test(part) ||
            /[。.!?！？]$/.test(part) ||
            part.length > 60,
        )
        .map((part) => `${code}: ${part}`),
    ),
  );
  expect(wrong).toEqual([]);
});
