/** Words of the pages of administrators. */
import { defineWords } from "#web/words/words.ts";
import { wordsOfCrews } from "./words-crews.ts";
import { wordsOfHouse } from "./words-house.ts";
import { wordsOfPeople } from "./words-people.ts";
import { wordsOfSettings } from "./words-settings.ts";
import { wordsOfTemplates } from "./words-templates.ts";
import { wordsOfTrial } from "./words-trial.ts";

export const words = defineWords("admin", {
  "zh-CN": {
    ...wordsOfPeople["zh-CN"],
    ...wordsOfHouse["zh-CN"],
    ...wordsOfSettings["zh-CN"],
    ...wordsOfCrews["zh-CN"],
    ...wordsOfTrial["zh-CN"],
    ...wordsOfTemplates["zh-CN"],
  },
  en: {
    ...wordsOfPeople.en,
    ...wordsOfHouse.en,
    ...wordsOfSettings.en,
    ...wordsOfCrews.en,
    ...wordsOfTrial.en,
    ...wordsOfTemplates.en,
  },
});
