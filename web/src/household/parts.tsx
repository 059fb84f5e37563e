/** What every page here is made of: large, plain, for thumbs. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { problemOf } from "#web/api/problem.ts";
import { useFaults, useSayProblem } from "#web/words/problems.ts";
import { endTime } from "#web/furniture/format.ts";
import { common } from "#web/words/common.ts";
import styles from "./household.module.css";
import { go } from "./path.ts";
import { words } from "./words.ts";

/** Does what a button is for. Its refusal stands at the mutation, which shows it: here nothing is left to be done with it. */
export const attempt = (work: () => Promise<void>): void => void work().catch(() => undefined);

/** A link within the page: a new address without loading everything again. */
export const Link = ({
  to,
  className,
  children,
}: {
  to: string;
  className?: string | undefined;
  children: ReactNode;
}) => (
  <a
    href={`/me${to === "/" ? "" : to}`}
    className={className}
    onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(to);
    }}
  >
    {children}
  </a>
);

/** A page: its heading gets the focus, so that whoever cannot see hears where he is. */
export const Page = ({ title, back, children }: { title: string; back?: string; children: ReactNode }) => {
  const t = words.useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
    heading.current?.focus({ preventScroll: true });
  }, [title, t]);
  return (
    <main className={styles["page"]}>
      {back === undefined ? null : (
        <Link to={back} className={styles["back"]}>
          ‹ {t("back")}
        </Link>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </main>
  );
};

export const Card = ({ title, children }: { title?: string; children: ReactNode }) => (
  <section className={styles["card"]} {...(title === undefined ? {} : { "aria-label": title })}>
    {title === undefined ? null : <h2>{title}</h2>}
    {children}
  </section>
);

type ButtonProps = {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly submit?: boolean;
  readonly plain?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
};
export const Button = ({ children, onClick, submit, plain, busy, disabled }: ButtonProps) => (
  <button
    type={submit === true ? "submit" : "button"}
    className={plain === true ? styles["plain"] : styles["button"]}
    disabled={busy === true || disabled === true}
    aria-busy={busy === true}
    {...(onClick === undefined ? {} : { onClick })}
  >
    {children}
  </button>
);

type FieldProps = {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with what stands there: said instead of the hint. */
  readonly fault?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly mode?: "numeric" | "decimal" | "tel" | "text";
  readonly complete?: string;
  readonly long?: boolean;
  readonly most?: number;
  readonly optional?: boolean;
};
export const Field = (props: FieldProps) => {
  const {
    label,
    hint,
    value,
    onChange,
    mode = "text",
    complete = "off",
    long,
    most,
    optional,
    fault,
  } = props;
  const id = useId();
  const shared = {
    id,
    value,
    required: optional !== true,
    maxLength: most ?? 40,
    ...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` }),
    ...(fault === undefined ? {} : { "aria-invalid": true }),
  };
  return (
    <p className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      {long === true ? (
        <textarea {...shared} rows={4} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input
          {...shared}
          inputMode={mode}
          autoComplete={complete}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {hint === undefined ? null : (
        <small id={`${id}-hint`} className={styles[fault === undefined ? "quiet" : "owed"]}>
          {fault ?? hint}
        </small>
      )}
    </p>
  );
};

/** A refusal beside what was tried: what happened, what to do, and the number by which we find it. */
export const Refusal = ({ error }: { error: unknown }) => {
  const say = common.useWords();
  const t = words.useWords();
  const problem = problemOf(error);
  const { facts } = problem;
  const faults = useFaults(facts.errors);
  // Whoever tried too often is told the end of it.
  const until = facts.code === "household.too-many" ? facts.facts?.["until"] : undefined;
  const said = useSayProblem()(facts.code, { title: facts.detail ?? facts.title, remedy: facts.remedy });
  return (
    <div role="alert" aria-busy={said.by === "nobody yet"} className={styles["refusal"]}>
      <strong>{said.title}</strong>
      <p>
        {typeof until === "string"
          ? t(facts.facts?.["of"] === "address" ? "addressFrom" : "againFrom", { time: endTime(until) })
          : said.remedy}
      </p>
      {faults.length === 0 ? null : (
        <ul>
          {faults.map(({ field, reason }) => (
            <li key={`${field} ${reason}`}>
              {field}: {reason}
            </li>
          ))}
        </ul>
      )}
      {facts.requestId === undefined ? null : (
        <small>
          {say("requestId")} <code>{facts.requestId}</code>
        </small>
      )}
    </div>
  );
};

/** What is being read, could not be read, or is there. */
export const Read = <Data,>({
  query,
  children,
}: {
  query: { readonly data: Data | undefined; readonly error: unknown; readonly refetch: () => unknown };
  children: (data: Data) => ReactNode;
}) => {
  const say = common.useWords();
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    return (
      <>
        <Refusal error={query.error} />
        <Button plain onClick={() => void query.refetch()}>
          {say("reload")}
        </Button>
      </>
    );
  }
  return (
    <p role="status" className={styles["quiet"]}>
      {say("loading")}
    </p>
  );
};
