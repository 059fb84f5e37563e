/** Papers: door notices and the posting list to print, and the photo that shows each at its stairwell. */
import { Button } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { download, openDocument, upload } from "#web/api/documents.ts";
import { neutralName } from "#web/furniture/neutral-name.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { language } from "#web/words/words.ts";
import styles from "./pressure.module.css";
import type { Test } from "./states.ts";
import { type Paper, readTestAgain } from "./about-test.ts";
import { recordWords } from "./words-record.ts";

type UnitProps = {
  readonly test: Test;
  readonly paper: Paper;
  readonly unit: { readonly unitId: string; readonly name: string };
  readonly failed: (error: unknown) => void;
};

const UnitPapers = ({ test, paper, unit, failed }: UnitProps) => {
  const t = recordWords.useWords();
  const { unitId, name } = unit;
  const at = `/pressure-tests/${test.id}`;
  const photo = test.postings.find((one) => one.unitId === unitId && one.paper === paper);
  const send = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    failed(null);
    try {
      const query = new URLSearchParams({ paper, fileName: neutralName(file, "posting") });
      await upload(`${at}/stairwells/${unitId}/photo?${query.toString()}`, file);
      await readTestAgain();
    } catch (refused) {
      failed(refused);
    }
  };
  return (
    <div className={styles["row"]}>
      <Button
        size="small"
        onClick={() => openDocument(`${at}/stairwells/${unitId}/print?paper=${paper}&lang=${language()}`)}
      >
        {t("printOne", { name })}
      </Button>
      <label className={styles["file"]}>
        {t("photo", { name })}
        <input
          type="file"
          accept="image/jpeg,image/png,image/webp"
          capture="environment"
          onChange={(event) => void send(event.target.files?.[0])}
        />
      </label>
      {photo === undefined ? null : (
        <Button
          size="small"
          type="link"
          onClick={() =>
            void download(`${at}/photos/${photo.fileId}`, { name: `${test.testNo}-${unitId}` }).catch(failed)
          }
        >
          {t("showPhoto")}
        </Button>
      )}
    </div>
  );
};

export const Papers = ({ test, paper }: { test: Test; paper: Paper }) => {
  const t = recordWords.useWords();
  const may = useMay();
  const [error, setError] = useState<unknown>(null);
  const reach = api.useQuery("get", "/pressure-tests/{id}/reach", {
    params: { path: { id: test.id }, query: { paper } },
  });
  if (!may("pressure-test.write")) return null;
  const at = `/pressure-tests/${test.id}`;
  return (
    <section className={styles["panel"]} aria-label={t("papers")}>
      <h2 className={styles["heading"]}>{t("papers")}</h2>
      <div className={styles["row"]}>
        <Button
          type="primary"
          onClick={() => openDocument(`${at}/stairwells.pdf?paper=${paper}&lang=${language()}`)}
        >
          {t("printAll")}
        </Button>
        <Button onClick={() => openDocument(`${at}/posting-list.pdf?lang=${language()}`)}>
          {t("printList")}
        </Button>
      </div>
      {(reach.data?.stairwells ?? []).map((unit) => (
        <UnitPapers key={unit.unitId} test={test} paper={paper} unit={unit} failed={setError} />
      ))}
      <Problem error={reach.error ?? error} />
    </section>
  );
};
