/** The words of people alone, for the page on which an administrator begins. */
import { defineWords } from "#web/words/words.ts";
import { wordsOfPeople } from "./words-people.ts";

export const words = defineWords("people", wordsOfPeople);
