/** What the provider of text messages says of our words: of those that are sent now, or of a version that comes. */
import { Alert, Button, Form, Input, Select } from "antd";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { forgetTemplates, type Registration, type Template, type Version } from "./templates.ts";
import { words } from "./words.ts";

type State = "submitted" | "approved" | "rejected" | "withdrawn";
const STATES: readonly State[] = ["submitted", "approved", "rejected", "withdrawn"];
type Typed = { version: string; state: State; providerTemplateId?: string; reason?: string };
const NOW = "now";

/** Versions that are not live yet may be registered beforehand. */
const toCome = (versions: readonly Version[]): readonly Version[] =>
  versions.filter(({ standing }) => ["draft", "waiting", "ahead"].includes(standing));

export const TemplateApproval = ({
  template,
  versions,
  registration,
}: {
  template: Template;
  versions: readonly Version[];
  registration: Registration;
}) => {
  const t = words.useWords();
  const say = common.useWords();
  const set = api.useMutation("put", "/message-templates/{name}/{locale}/approvals/{provider}");
  const coming = toCome(versions);
  const isRegistered = template.approvals.some((one) => one.current && one.state === "approved");
  const save = ({ version, state, providerTemplateId = "", reason = "" }: Typed): void =>
    set.mutate(
      {
        params: { path: { name: template.name, locale: template.locale, provider: "gateway" } },
        body: {
          state,
          ...(providerTemplateId === "" ? {} : { providerTemplateId }),
          ...(reason === "" ? {} : { reason }),
          ...(version === NOW ? {} : { versionId: version }),
        },
      },
      { onSuccess: () => void forgetTemplates() },
    );
  return (
    <section className={styles["panel"]} aria-label={t("registration")}>
      <h2>{t("registration")}</h2>
      {registration === "none" || (isRegistered && coming.length === 0) ? null : (
        <Alert
          type={registration === "required" ? "warning" : "info"}
          showIcon
          title={t(`needsRegistration.${registration}`)}
        />
      )}
      <Form<Typed>
        layout="vertical"
        className={styles["spaced"] ?? ""}
        initialValues={{ version: NOW, state: template.approvals[0]?.state ?? "submitted" }}
        onFinish={save}
      >
        {coming.length === 0 ? (
          <Form.Item name="version" hidden>
            <Input />
          </Form.Item>
        ) : (
          <Form.Item name="version" label={t("registerWhich")}>
            <Select
              options={[
                { value: NOW, label: t("registerNow") },
                ...coming.map(({ id, revision }) => ({ value: id, label: t("versionNo", { revision }) })),
              ]}
            />
          </Form.Item>
        )}
        <Form.Item name="state" label={t("providerSaid")}>
          <Select options={STATES.map((one) => ({ value: one, label: t(`approval.${one}`) }))} />
        </Form.Item>
        <Form.Item name="providerTemplateId" label={t("providerId")}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="reason" label={say("reason")}>
          <Input maxLength={200} />
        </Form.Item>
        <Problem error={set.error} />
        <Button htmlType="submit" loading={set.isPending}>
          {say("save")}
        </Button>
      </Form>
    </section>
  );
};
