/** One template: what it says now and why, its change by two people, its versions, and what the provider says of it. */
import { Alert, Drawer, Tag } from "antd";
import { useMay } from "#web/api/session.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { aboutIn } from "#web/words/about.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./admin.module.css";
import { TemplateApproval } from "./template-approval.tsx";
import { TemplateChange } from "./template-change.tsx";
import { Findings } from "./template-preview.tsx";
import { type Registration, type Template, useVersions } from "./templates.ts";
import { words } from "./words.ts";

const Warnings = ({ template }: { template: Template }) => {
  const t = words.useWords();
  return (
    <>
      {template.fits ? null : <Alert type="error" showIcon role="alert" title={t("doesNotFit")} />}
      {template.programChanged ? (
        <Alert
          type="warning"
          showIcon
          title={t("programChanged")}
          description={
            <>
              {t("programNow")}
              <p className={styles["said"]}>{template.programWords}</p>
            </>
          }
        />
      ) : null}
      {template.emergency ? <Alert type="info" showIcon title={t("emergencyHint")} /> : null}
    </>
  );
};

const Said = ({ template }: { template: Template }) => {
  const t = words.useWords();
  const word = useCodes();
  const { ahead, revision } = template;
  return (
    <section className={styles["panel"]} aria-label={t("saidNow")}>
      <h2>{t("saidNow")}</h2>
      <p className={styles["said"]}>{template.words}</p>
      <Facts
        rows={[
          [t("wordsOf"), revision === null ? t("ofProgram") : t("ofHouse", { revision })],
          [t("named"), template.label],
          [
            t("isAheadTitle"),
            ahead === null ? null : t("isAhead", { revision: ahead.revision, at: dateTime(ahead.liveFrom) }),
          ],
          [t("purpose"), word("purpose", template.purpose)],
          [t("about"), aboutIn(template.about)],
          [t("variables"), template.variables.map(({ name, sample }) => `${name}: ${sample}`).join("；")],
        ]}
      />
      <Findings findings={template.findings} />
      {template.approvals.map((one) => (
        <p key={`${one.provider}${one.version}${one.changedAt}`}>
          <Tag color={one.state === "approved" && one.current ? "success" : "default"}>
            {t(`approval.${one.state}`)}
          </Tag>
          {one.provider} {one.providerTemplateId} {dateTime(one.changedAt)} {one.reason}
        </p>
      ))}
    </section>
  );
};

export const TemplateDrawer = ({
  template,
  languages,
  registration,
  close,
}: {
  template: Template;
  languages: readonly Template[];
  registration: Registration;
  close: () => void;
}) => {
  const t = words.useWords();
  const maySet = useMay()("message.settings");
  const query = useVersions(template);
  const versions = query.data?.items ?? [];
  return (
    <Drawer open size={720} title={`${template.name} · ${t(`lang.${template.locale}`)}`} onClose={close}>
      <Warnings template={template} />
      <Said template={template} />
      <Problem error={query.error} again={() => void query.refetch()} />
      {query.data === undefined || !maySet ? null : (
        <TemplateChange languages={languages} template={template} versions={versions} />
      )}
      {template.channel === "sms" && maySet ? (
        <TemplateApproval template={template} versions={versions} registration={registration} />
      ) : null}
    </Drawer>
  );
};
