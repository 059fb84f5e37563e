/** What was paid for a home, with its receipts. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, call, forget } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import type { Item } from "#web/api/types.ts";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { language } from "#web/words/words.ts";
import { attempt, Button, Card, Page, Read, Refusal } from "./parts.tsx";
import styles from "./household.module.css";
import { words } from "./words-home.ts";

type Payment = Item<"/me/homes/{homeId}/payments">;

const Receipt = ({ homeId, payment }: { homeId: string; payment: Payment }) => {
  const t = words.useWords();
  const making = api.useMutation("post", "/me/homes/{homeId}/receipts");
  const receiptId = payment.receiptId;
  if (receiptId !== null) {
    return (
      <Button plain onClick={() => openDocument(`/me/receipts/${receiptId}/print?lang=${language()}`)}>
        {t("openReceipt", { no: payment.receiptNo ?? "" })}
      </Button>
    );
  }
  const { paymentId, claimId } = payment;
  const body = paymentId !== null ? { paymentId } : claimId !== null ? { claimId } : undefined;
  if (payment.state !== "posted" || body === undefined) return null;
  return (
    <>
      {making.error === null ? null : <Refusal error={making.error} />}
      <Button
        plain
        busy={making.isPending}
        onClick={() =>
          attempt(async () => {
            await making.mutateAsync({ params: { path: { homeId } }, body });
            await forget("/me/homes/{homeId}/payments");
          })
        }
      >
        {t("makeReceipt")}
      </Button>
    </>
  );
};

export const Payments = ({ homeId }: { homeId: string }) => {
  const t = words.useWords();
  const query = useInfiniteQuery({
    queryKey: ["get", "/me/homes/{homeId}/payments", homeId],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const { data } = await call.GET("/me/homes/{homeId}/payments", {
        params: {
          path: { homeId },
          query: { limit: 20, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        },
      });
      if (data === undefined) throw new Error("an answer without a body");
      return data;
    },
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  return (
    <Page title={t("payments")} back={`/homes/${homeId}`}>
      <Read query={query}>
        {({ pages }) => {
          const payments = pages.flatMap(({ items }) => items);
          return (
            <>
              {payments.length === 0 ? <p>{t("noPayments")}</p> : null}
              {payments.map((payment) => (
                <Card key={payment.id}>
                  <p className={styles["row"]}>
                    <span>
                      {dateTime(payment.paidAt)}
                      <small className={styles["quiet"]}>
                        {[
                          language() === "en" ? payment.channelNameEn : payment.channelName,
                          payment.kind === "payment" ? null : t(`kind.${payment.kind}`),
                          t(`payment.${payment.state}`),
                        ]
                          .filter((word) => word !== null)
                          .join(" · ")}
                      </small>
                    </span>
                    <strong>¥ {yuan(payment.amountFen)}</strong>
                  </p>
                  <Receipt homeId={homeId} payment={payment} />
                </Card>
              ))}
              {query.hasNextPage ? (
                <Button plain busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("more")}
                </Button>
              ) : null}
            </>
          );
        }}
      </Read>
    </Page>
  );
};
