/** Pages of whoever is signed in: loaded when somebody is, so that news and sign-in are light. */
import { Cases } from "./cases.tsx";
import { Consents } from "./consents.tsx";
import { HomePage } from "./home.tsx";
import { OrderPage, Orders } from "./order.tsx";
import { Page } from "./parts.tsx";
import { Pay, PayOther } from "./pay.tsx";
import { Payments } from "./payments.tsx";
import type { Session } from "./session.ts";
import { AddHome } from "./sign-in.tsx";
import { WechatReturn } from "./wechat-return.tsx";
import { words } from "./words.ts";

export const Inside = ({ path, session }: { path: readonly string[]; session: Session }) => {
  const t = words.useWords();
  const [area, id, part] = path;
  const isMember = session.proof === "phone";
  if (area === "add") return <AddHome />;
  if (area === "other") return <PayOther />;
  if (area === "wechat") return <WechatReturn />;
  if (area === "orders") return id === undefined ? <Orders /> : <OrderPage key={id} orderNo={id} />;
  if (area === "homes" && id !== undefined) {
    if (part === undefined) return <HomePage homeId={id} isMember={isMember} />;
    if (part === "pay") return <Pay homeId={id} />;
    if (part === "payments") return <Payments homeId={id} />;
    if (part === "cases") return <Cases homeId={id} isMember={isMember} />;
    if (part === "consents") return <Consents homeId={id} />;
  }
  return (
    <Page title={t("notFound")} back="/">
      {null}
    </Page>
  );
};
