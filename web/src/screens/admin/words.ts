/** Words of the pages of administrators. */
import { defineWords } from "#web/words/words.ts";
import { wordsOfHouse } from "./words-house.ts";
import { wordsOfPeople } from "./words-people.ts";

export const words = defineWords("admin", {
  "zh-CN": { ...wordsOfPeople["zh-CN"], ...wordsOfHouse["zh-CN"] },
  en: { ...wordsOfPeople.en, ...wordsOfHouse.en },
});
