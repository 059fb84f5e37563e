/** What the person behind this telephone wants to be told. */
import { api, forget } from "#web/api/client.ts";
import { Card, Page, Read, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { words } from "./words-cases.ts";

/** Notices go to whoever has not refused them; greetings and questions only to whoever agreed. */
const isOn = (purpose: string, granted: boolean | null): boolean =>
  granted ?? (purpose === "service-notice" || purpose === "payment-notice");

export const Consents = ({ homeId }: { homeId: string }) => {
  const t = words.useWords();
  const path = { params: { path: { homeId } } };
  const query = api.useQuery("get", "/me/homes/{homeId}/consents", path);
  const saying = api.useMutation("put", "/me/homes/{homeId}/consents");
  return (
    <Page title={t("consentTitle")} back={`/homes/${homeId}`}>
      <Card>
        <p>{t("consentIntro")}</p>
        <Read query={query}>
          {({ items }) => (
            <ul className={styles["list"]}>
              {items.map(({ purpose, granted }) => (
                <li key={purpose}>
                  <label className={styles["row"]}>
                    <span>{t(`purpose.${purpose}`)}</span>
                    <input
                      type="checkbox"
                      role="switch"
                      checked={isOn(purpose, granted)}
                      disabled={saying.isPending}
                      onChange={(event) =>
                        void saying
                          .mutateAsync({ ...path, body: { purpose, granted: event.target.checked } })
                          .then(() => forget("/me/homes/{homeId}/consents"))
                          .catch(() => undefined)
                      }
                    />
                  </label>
                </li>
              ))}
            </ul>
          )}
        </Read>
        {saying.error === null ? null : <Refusal error={saying.error} />}
        {saying.isSuccess ? <p role="status">{t("saved")}</p> : null}
      </Card>
    </Page>
  );
};
