/** What a case is tied to: work orders, other cases, and those that may be the same. */
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { api, call } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { ticketWords } from "../words-ticket.ts";
import { useCategories } from "./categories.ts";
import styles from "./cases.module.css";
import { forgetTicket, seen, type Ticket } from "./use-ticket.ts";

export const TicketOrders = ({ ticketNo }: { ticketNo: string }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const may = useMay();
  const { data, error } = api.useQuery("get", "/tickets/{ticketNo}/work-orders", {
    params: { path: { ticketNo } },
  });
  return (
    <section className={styles["panel"]} aria-label={t("orders")}>
      <h2>{t("orders")}</h2>
      <Problem error={error} />
      {data?.items.length === 0 ? <p className={styles["quiet"]}>{t("noOrders")}</p> : null}
      <ul className={styles["lines"]}>
        {(data?.items ?? []).map((order) => (
          <li key={order.id}>
            <span>{order.orderNo}</span>
            <span className={styles["what"]}>
              {word("order", order.kind)} {word("order-state", order.state)} {order.crew}
            </span>
            <span className={styles["quiet"]}>{dateTime(order.slotFrom).slice(5)}</span>
            {may("field.write") ? (
              <Button size="small" onClick={() => openDocument(`/work-orders/${order.id}/print`)}>
                {t("print")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
};

/** The likeliest; the list of the building has the others. */
const MOST = 6;

const PerhapsTheSame = ({ ticket }: { ticket: Ticket }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const { nameOf } = useCategories();
  const may = useMay();
  const { data } = api.useQuery("get", "/tickets/{ticketNo}/duplicates", {
    params: { path: { ticketNo: ticket.ticketNo } },
  });
  const merge = useMutation({
    mutationFn: (into: string) =>
      call.POST("/tickets/{ticketNo}/merge", {
        params: { path: { ticketNo: ticket.ticketNo }, header: seen(ticket.version) },
        body: { into, reason: t("duplicates") },
      }),
    onSuccess: () => forgetTicket(),
  });
  const items = (data?.items ?? []).slice(0, MOST);
  if (items.length === 0) return null;
  return (
    <>
      <h2>{t("duplicates")}</h2>
      <ul className={styles["lines"]}>
        {items.map((item) => (
          <li key={item.ticketNo}>
            <Link to="/tickets/$ticketNo" params={{ ticketNo: item.ticketNo }}>
              {item.ticketNo}
            </Link>
            <span className={styles["what"]}>{item.summary || nameOf(item.category)}</span>
            <span className={styles["quiet"]}>{word("ticket", item.state)}</span>
            {may("ticket.write") && ticket.commands.includes("merge") ? (
              <Button size="small" loading={merge.isPending} onClick={() => merge.mutate(item.ticketNo)}>
                {t("mergeThis")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <Problem error={merge.error} />
    </>
  );
};

type LinkKey = Extract<keyof (typeof ticketWords.texts)["zh-CN"], `link.${string}`>;
const isLink = (key: string): key is LinkKey => key in ticketWords.texts["zh-CN"];

export const Related = ({ ticket }: { ticket: Ticket }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  return (
    <section className={styles["panel"]} aria-label={t("related")}>
      <h2>{t("related")}</h2>
      {ticket.related.length === 0 ? <p className={styles["quiet"]}>{t("nothingTied")}</p> : null}
      <ul className={styles["lines"]}>
        {ticket.related.map(({ kind, ticketNo, state }) => {
          const key = `link.${kind}`;
          return (
            <li key={kind + ticketNo}>
              <Link to="/tickets/$ticketNo" params={{ ticketNo }}>
                {ticketNo}
              </Link>
              <span className={styles["what"]}>{isLink(key) ? t(key) : kind}</span>
              <span className={styles["quiet"]}>{word("ticket", state)}</span>
            </li>
          );
        })}
      </ul>
      <PerhapsTheSame ticket={ticket} />
    </section>
  );
};
