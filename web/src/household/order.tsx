/** One payment at a wallet, as it stands: read every few seconds while it is open, and never said to be more than is known. */
import { useEffect, useRef, useState } from "react";
import { api, queryClient } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { timeOf, yuan, dateTime } from "#web/furniture/format.ts";
import { language } from "#web/words/words.ts";
import { Button, Card, Link, Page, Read, Refusal } from "./parts.tsx";
import { go } from "./path.ts";
import styles from "./household.module.css";
import { readAnew } from "./session.ts";
import { type HandOver, isInWechat, payInWechat } from "./wechat.ts";
import { words } from "./words-pay.ts";

type Order = Answer<"get", "/me/orders/{orderNo}">;

const OPEN = new Set<Order["state"]>(["asking", "waiting", "unknown"]);
const READ_EVERY_MS = 3000;

/** The own home by its door; another's by the little that is shown of it. */
const whoseOf = (t: ReturnType<typeof words.useWords>, { homeId, owner, addressTail }: Order): string =>
  homeId === null ? t("for", { owner, tail: addressTail }) : t("forOwn", { tail: addressTail });

const Closed = ({ order }: { order: Order }) => {
  const t = words.useWords();
  const { state, homeId } = order;
  return (
    <>
      {state === "paid" || state === "closed" || state === "refused" || state === "held" ? (
        <p>{t(`text.${state}`)}</p>
      ) : null}
      {order.paidAt === null ? null : <p>{t("paidAt", { time: dateTime(order.paidAt) })}</p>}
      {state === "paid" && homeId !== null ? (
        <Button onClick={() => go(`/homes/${homeId}/payments`)}>{t("toReceipt")}</Button>
      ) : null}
      <Button plain onClick={() => go("/")}>
        {t("toHome")}
      </Button>
    </>
  );
};

const useActs = (order: Order) => {
  const { orderNo } = order;
  const options = {
    onSuccess: (next: Order) =>
      queryClient.setQueryData(["get", "/me/orders/{orderNo}", { params: { path: { orderNo } } }], next),
  };
  const check = api.useMutation("post", "/me/orders/{orderNo}/check", options);
  const cancel = api.useMutation("post", "/me/orders/{orderNo}/cancel", options);
  const path = { params: { path: { orderNo } } };
  // What one was refused with is over when the other is tried.
  const doCheck = (): void => {
    cancel.reset();
    check.mutate(path);
  };
  const doCancel = (): void => {
    check.reset();
    cancel.mutate(path);
  };
  return { check, cancel, doCheck, doCancel };
};

/** Paid inside WeChat's browser: what came of it is asked of the server, whatever the browser says. */
const InWechat = ({ handOver, ended }: { handOver: HandOver; ended: () => void }) => {
  const t = words.useWords();
  const [said, setSaid] = useState<"paying" | "cancelled" | "absent">();
  const pay = async (): Promise<void> => {
    setSaid("paying");
    const outcome = await payInWechat(handOver);
    setSaid(outcome === "ended" ? undefined : outcome);
    if (outcome === "ended") ended();
  };
  if (!isInWechat()) return <p className={styles["note"]}>{t("openInWechat")}</p>;
  return (
    <>
      <Button busy={said === "paying"} onClick={() => void pay()}>
        {t("payInWechat")}
      </Button>
      {said === "absent" ? (
        <p role="alert" className={styles["note"]}>
          {t("wechatAbsent")}
        </p>
      ) : null}
      {said === "cancelled" ? <p role="status">{t("wechatCancelled")}</p> : null}
    </>
  );
};

const OpenOrder = ({ order }: { order: Order }) => {
  const t = words.useWords();
  const { check, cancel, doCheck, doCancel } = useActs(order);
  const error = check.error ?? cancel.error;
  return (
    <>
      {order.state === "unknown" ? <p className={styles["note"]}>{t("text.unknown")}</p> : null}
      {order.handOver === null ? null : <InWechat handOver={order.handOver} ended={doCheck} />}
      {order.payUrl === null ? null : (
        <>
          <a className={styles["button"]} href={order.payUrl}>
            {t("goPay", { wallet: language() === "en" ? order.walletNameEn : order.walletName })}
          </a>
          <p className={styles["quiet"]}>{t("until", { time: timeOf(order.expiresAt) })}</p>
          <details>
            <summary>{t("qr")}</summary>
            <img
              className={styles["code"]}
              src={`/api/v1/me/orders/${order.orderNo}/code.svg`}
              alt={t("qrAlt")}
            />
          </details>
        </>
      )}
      {error === null ? null : <Refusal error={error} />}
      <Button plain busy={check.isPending} onClick={doCheck}>
        {t("check")}
      </Button>
      <Button plain busy={cancel.isPending} onClick={doCancel}>
        {t("cancel")}
      </Button>
    </>
  );
};

/** Whoever comes back from the wallet finds the answer, also where its report was lost. */
const useCheckOnReturn = (order: Order): void => {
  const { doCheck } = useActs(order);
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current || order.state !== "waiting") return;
    asked.current = true;
    doCheck();
  }, [order.state, doCheck]);
};

const OrderCard = ({ order }: { order: Order }) => {
  const t = words.useWords();
  const isOpen = OPEN.has(order.state);
  useCheckOnReturn(order);
  useEffect(() => {
    if (!isOpen) void readAnew();
  }, [isOpen]);
  return (
    <Card title={whoseOf(t, order)}>
      <p className={styles["amount"]}>¥ {yuan(order.amountFen)}</p>
      <p role="status" className={styles["state"]}>
        {t(`state.${order.state}`)}
      </p>
      {isOpen ? <OpenOrder order={order} /> : <Closed order={order} />}
    </Card>
  );
};

export const OrderPage = ({ orderNo }: { orderNo: string }) => {
  const t = words.useWords();
  const query = api.useQuery(
    "get",
    "/me/orders/{orderNo}",
    { params: { path: { orderNo } } },
    {
      refetchInterval: ({ state }) =>
        state.data !== undefined && OPEN.has(state.data.state) ? READ_EVERY_MS : false,
    },
  );
  return (
    <Page title={t("orderTitle")} back="/">
      <Read query={query}>{(order) => <OrderCard order={order} />}</Read>
    </Page>
  );
};

export const Orders = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/me/orders", {});
  return (
    <Page title={t("orders")} back="/">
      <Read query={query}>
        {({ items }) => (
          <Card>
            {items.length === 0 ? <p>{t("noOrders")}</p> : null}
            <ul className={styles["list"]}>
              {items.map((order) => (
                <li key={order.orderNo}>
                  <Link to={`/orders/${order.orderNo}`} className={styles["row"]}>
                    <span>
                      {whoseOf(t, order)}
                      <small className={styles["quiet"]}>
                        {dateTime(order.createdAt)} · {t(`state.${order.state}`)}
                      </small>
                    </span>
                    <strong>¥ {yuan(order.amountFen)}</strong>
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </Read>
    </Page>
  );
};
