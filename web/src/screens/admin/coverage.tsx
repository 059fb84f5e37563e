/** What nobody serves: buildings without an area, areas without a manager, duties whose person left. */
import { Alert, Button, Tag } from "antd";
import type { Finding } from "./areas.ts";
import styles from "./admin.module.css";
import { words } from "./words.ts";

const SHOWN = 30;

const useSaid = (): ((finding: Finding) => string) => {
  const t = words.useWords();
  return ({ kind, name, duty }) =>
    `${t(`finding.${kind}`)} · ${name}${duty === null ? "" : ` ${t(`duty.${duty}`)}`}`;
};

export const FindingTags = ({ findings }: { findings: readonly Finding[] }) => {
  const said = useSaid();
  return findings.map((one) => <Tag key={`${one.kind}${one.id}${one.duty ?? ""}`}>{said(one)}</Tag>);
};

/** Each finding is a way to mend it. */
export const Coverage = ({
  findings,
  mend,
}: {
  findings: readonly Finding[];
  mend: (finding: Finding) => void;
}) => {
  const t = words.useWords();
  const said = useSaid();
  if (findings.length === 0) return <Alert type="success" showIcon title={t("covered")} />;
  return (
    <Alert
      type="warning"
      showIcon
      title={t("uncovered", { count: findings.length })}
      description={
        <div className={styles["row"]}>
          {findings.slice(0, SHOWN).map((one) => (
            <Button key={`${one.kind}${one.id}${one.duty ?? ""}`} size="small" onClick={() => mend(one)}>
              {said(one)}
            </Button>
          ))}
          {findings.length > SHOWN ? t("andMore", { count: findings.length - SHOWN }) : null}
        </div>
      }
    />
  );
};
