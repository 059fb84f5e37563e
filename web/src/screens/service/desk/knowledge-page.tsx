/** The knowledge for whoever is not on a call. */
import { PageBar } from "#web/furniture/page-bar.tsx";
import { deskWords } from "../words-desk.ts";
import { Knowledge } from "./knowledge.tsx";

export const KnowledgePage = () => {
  const t = deskWords.useWords();
  return (
    <>
      <PageBar title={t("knowledge")} />
      <Knowledge />
    </>
  );
};
