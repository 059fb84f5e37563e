import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  agentsAway,
  ENDINGS,
  type Ending,
  firstState,
  type Intent,
  keysOf,
  MENU_ACTIONS,
  MENU_NODES,
  type MenuAction,
  type MenuState,
  needsProof,
  nextMove,
  PURPOSES,
  readInput,
} from "./menu-machine.ts";

const OPTIONS = new Map<string, MenuAction>([
  ["1", "owed"],
  ["2", "paid"],
  ["3", "building"],
  ["4", "valve"],
  ["5", "knowledge"],
  ["6", "call-back"],
  ["8", "language"],
  ["0", "agent"],
]);

const INPUTS = [
  "",
  "#",
  "*",
  ..."0123456789",
  "12",
  "1234",
  "1234#",
  "12345",
  "0001",
  "10023456",
  "*1234",
  "1*3",
  "1".repeat(32),
  "1".repeat(33),
  "一",
  "<Say>",
];

const INTENTS: readonly Intent[] = [
  ...MENU_ACTIONS.map((action) => ({ kind: "choose", action }) as const),
  { kind: "name-account", accountText: "10023" },
  { kind: "prove", tail: "8000" },
  { kind: "read-article", index: 2 },
  { kind: "turn-page" },
  { kind: "list-articles" },
  { kind: "leave-call-back" },
  { kind: "repeat" },
  { kind: "main" },
  { kind: "silence" },
  { kind: "invalid" },
];

const states = (): MenuState[] =>
  MENU_NODES.flatMap((node) =>
    [null, ...PURPOSES].flatMap((purpose) =>
      [0, 1, 2].map((invalid) => ({ ...firstState(), node, purpose, invalid })),
    ),
  );

describe("every node", () => {
  test.each(MENU_NODES)("%s reads every input as an intent that has endings", (node) => {
    for (const keys of INPUTS) {
      const intent = readInput({ ...firstState(), node }, { keys }, OPTIONS);
      expect(ENDINGS[intent.kind].length, `${node} ${keys}`).toBeGreaterThan(0);
      expect(intent.kind === "silence").toBe(keys === "" || keys === "#");
    }
  });

  test.each(MENU_NODES)("%s goes somewhere and says something after every intent and ending", (node) => {
    let walked = 0;
    for (const state of states().filter((one) => one.node === node)) {
      for (const intent of INTENTS) {
        for (const ending of ENDINGS[intent.kind] as readonly Ending[]) {
          const move = nextMove(state, intent, ending);
          expect(MENU_NODES).toContain(move.state.node);
          expect(move.after.length).toBeGreaterThan(0);
          expect(move.state.invalid).toBeLessThan(3);
          expect(keysOf(move.state.node).digits).toBeGreaterThan(0);
          expect(!move.wantsAgent || move.state.node === "agent").toBe(true);
          expect(agentsAway(move).state.node).toBe("call-back");
          walked += 1;
        }
      }
    }
    expect(walked).toBeGreaterThan(400);
  });
});

describe("invalid input", () => {
  test.each(["main", "account-no", "phone-tail", "knowledge", "answer", "article", "call-back"] as const)(
    "three times at %s leads to an agent",
    (node) => {
      let state: MenuState = { ...firstState(), node };
      const invalid: Intent = { kind: "invalid" };
      for (const expected of [1, 2]) {
        const move = nextMove(state, invalid, "done");
        expect(move).toMatchObject({
          wantsAgent: false,
          before: ["invalid"],
          state: { node, invalid: expected },
        });
        state = move.state;
      }
      expect(nextMove(state, invalid, "done")).toMatchObject({ wantsAgent: true, state: { node: "agent" } });
    },
  );

  test("is forgiven by a right one", () => {
    const state = { ...firstState(), invalid: 2 };
    expect(nextMove(state, { kind: "choose", action: "owed" }, "account-needed").state.invalid).toBe(0);
  });
});

describe("what the caller wanted last", () => {
  const wishAfter = (...keys: [Intent, Ending][]): string =>
    keys.reduce((state, [intent, ending]) => {
      const move = nextMove(state, intent, ending);
      return move.wantsAgent ? agentsAway(move).state : move.state;
    }, firstState()).wish;
  const agent: Intent = { kind: "choose", action: "agent" };
  const building: Intent = { kind: "choose", action: "building" };
  test.each<[string, [Intent, Ending][], string]>([
    ["nothing yet", [[{ kind: "silence" }, "done"]], "none"],
    ["told", [[building, "told"]], "told"],
    [
      "told, then nothing more",
      [
        [building, "told"],
        [{ kind: "silence" }, "done"],
      ],
      "told",
    ],
    [
      "told, then a person",
      [
        [building, "told"],
        [agent, "agents-away"],
      ],
      "person",
    ],
    [
      "a person, then silence",
      [
        [agent, "agents-away"],
        [{ kind: "silence" }, "done"],
      ],
      "person",
    ],
    [
      "a person, then told",
      [
        [agent, "agents-away"],
        [{ kind: "main" }, "done"],
        [building, "told"],
      ],
      "told",
    ],
    [
      "a person, and left a call-back",
      [
        [agent, "agents-away"],
        [{ kind: "leave-call-back" }, "left"],
      ],
      "call-back-left",
    ],
    [
      "lost in the menu",
      [
        [building, "told"],
        ...Array.from({ length: 3 }, (): [Intent, Ending] => [{ kind: "invalid" }, "done"]),
      ],
      "person",
    ],
    ["an answer that was not proved is none", [[{ kind: "choose", action: "owed" }, "told"]], "none"],
  ])("%s", (_words, keys, wish) => {
    expect(wishAfter(...keys)).toBe(wish);
  });
});

describe("what needs proof", () => {
  test("is everything but whether a building is affected", () => {
    expect(PURPOSES.filter((purpose) => !needsProof(purpose))).toEqual(["building"]);
  });

  test("a wrong proof is not told from a wrong account, and asks for both again", () => {
    const state: MenuState = { ...firstState(), node: "phone-tail", purpose: "owed" };
    const move = nextMove(state, { kind: "prove", tail: "0000" }, "refused");
    expect(move).toMatchObject({ before: ["refused"], state: { node: "account-no", purpose: "owed" } });
  });

  test("no sequence of keys and endings comes to an answer without it", () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...INPUTS), fc.nat(20)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (pressed) => {
        let state = firstState();
        for (const [keys, dice] of pressed) {
          const intent = readInput(state, { keys }, OPTIONS);
          // Every ending may come, also one that a room with a defect would give.
          const endings: readonly Ending[] = ENDINGS[intent.kind];
          state = nextMove(state, intent, endings[dice % endings.length] ?? "done").state;
          const hears = state.node === "answer" && state.purpose !== "building";
          expect(!hears || state.proved).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a proof does not outlive its account", () => {
    const proved: MenuState = { ...firstState(), node: "account-no", purpose: "owed", proved: true };
    const move = nextMove(proved, { kind: "name-account", accountText: "99999" }, "told");
    expect(move.state).toMatchObject({ node: "phone-tail", proved: false });
  });
});
