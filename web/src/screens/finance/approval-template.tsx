/** What a template says now, for whoever approves that it says something else. */
import { api } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { Problem } from "#web/furniture/problem.tsx";
import type { Approval } from "./approval-facts.tsx";
import styles from "./finance.module.css";
import { approvalWords } from "./words-approval.ts";

export const TemplateAsked = ({ request }: Pick<Approval, "request">) => {
  const t = approvalWords.useWords();
  const may = useMay();
  const { channel, template } = request;
  const { data, error } = api.useQuery(
    "get",
    "/message-templates",
    { params: { query: { channel: channel === "email" || channel === "voice" ? channel : "sms" } } },
    { enabled: may("message.set-up") },
  );
  const said = data?.items.filter(({ name }) => name === template) ?? [];
  return (
    <>
      <h3>{t("saidNow")}</h3>
      <Problem error={error} />
      {said.map(({ locale, words }) => (
        <p key={locale} className={styles["words"]}>
          {words}
        </p>
      ))}
    </>
  );
};
