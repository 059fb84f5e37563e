import { useState } from "react";
import { Button } from "antd";
import { common } from "#web/words/common.ts";
import { type DetailWords, detailLines } from "./detail-lines.ts";
import styles from "./furniture.module.css";

const LONG = 80;

/** Lines of what was written down; beyond `most` they, and long values, are folded until they are asked for. */
export const Details = ({
  of,
  most = 3,
  nameOf,
  wordOf,
}: {
  of: unknown;
  most?: number;
  nameOf?: DetailWords["name"];
  /** Words of a code; the code itself is said by the tip. */
  wordOf?: DetailWords["value"];
}) => {
  const t = common.useWords();
  const [isWhole, setWhole] = useState(false);
  const lines = detailLines(
    of,
    nameOf && { name: nameOf, flag: (is) => t(is ? "yes" : "no"), value: wordOf },
  );
  const shown = isWhole ? lines : lines.slice(0, most);
  const isFolded = lines.length > most || lines.slice(0, most).some(({ value }) => value.length > LONG);
  return (
    <div className={styles["details"]} translate="no">
      {shown.map(({ name, value, code }, index) => (
        <div key={`${name}-${index}`} title={code}>
          {name === "" ? "" : `${name}: `}
          {isWhole || value.length <= LONG ? value : `${value.slice(0, LONG)}…`}
        </div>
      ))}
      {isFolded ? (
        <Button size="small" type="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {t(isWhole ? "less" : "whole")}
        </Button>
      ) : null}
    </div>
  );
};
