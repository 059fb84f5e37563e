/** What the person behind this telephone wants to be told. */
import { useState } from "react";
import { api, queryClient } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
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
  const saying = api.useMutation("put", "/me/homes/{homeId}/consents", {
    onSuccess: (said) => queryClient.setQueryData(["get", "/me/homes/{homeId}/consents", path], said),
  });
  // What was just touched stands as it was touched, until the server says.
  const [touched, setTouched] = useState<Body<"put", "/me/homes/{homeId}/consents">>();
  const tell = (body: Body<"put", "/me/homes/{homeId}/consents">): void => {
    setTouched(body);
    saying.mutate({ ...path, body }, { onSettled: () => setTouched(undefined) });
  };
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
                      checked={touched?.purpose === purpose ? touched.granted : isOn(purpose, granted)}
                      disabled={touched !== undefined && touched.purpose !== purpose}
                      onChange={(event) => tell({ purpose, granted: event.target.checked })}
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
