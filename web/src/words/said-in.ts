/** What a case is about: the words it was reported in, or its category's name where there are none, as the reader speaks. */
import { language } from "./words.ts";

type Said = { readonly summary: string; readonly categoryName: string; readonly categoryNameEn: string };

export const saidIn = ({ summary, categoryName, categoryNameEn }: Said): string => {
  if (summary !== "") return summary;
  return language() === "en" ? categoryNameEn : categoryName;
};
