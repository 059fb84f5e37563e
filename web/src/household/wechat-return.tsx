/** Where WeChat sends the browser back to: its code goes to the server, out of the address, and the page goes on where it was. */
import { useEffect, useRef } from "react";
import { api } from "#web/api/client.ts";
import { attempt, Button, Page, Refusal } from "./parts.tsx";
import { go } from "./path.ts";
import { readAnew } from "./session.ts";
import { returnFromWechat } from "./wechat.ts";
import { words } from "./words-pay.ts";

export const WechatReturn = () => {
  const t = words.useWords();
  const telling = api.useMutation("post", "/me/wechat/openids");
  const told = useRef(false);
  const { mutateAsync } = telling;
  useEffect(() => {
    if (told.current) return;
    told.current = true;
    const query = new URLSearchParams(location.search);
    history.replaceState(null, "", "/me/wechat");
    attempt(async () => {
      await mutateAsync({ body: { code: query.get("code") ?? "", state: query.get("state") ?? "" } });
      await readAnew();
      go(returnFromWechat(), true);
    });
  }, [mutateAsync]);
  return (
    <Page title={t("title")}>
      {telling.error === null ? (
        <p role="status">{t("askingWechat")}</p>
      ) : (
        <>
          <Refusal error={telling.error} />
          <Button onClick={() => go("/", true)}>{t("toHome")}</Button>
        </>
      )}
    </Page>
  );
};
