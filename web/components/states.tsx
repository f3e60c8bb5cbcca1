// What a part shows while it has nothing to show: loading, empty, refused, not part of this installation, half there.
"use client";

import { CircleAlert, Inbox, PlugZap, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { asProblem, type Problem } from "@/client/api/problem";
import { type Texts, useTexts } from "@/client/i18n/text";

import { Button } from "./button";

export function Skeleton({ rows = 5, height = "h-10" }: { rows?: number; height?: string }) {
  const { t } = useTexts();
  return (
    <div role="status" aria-label={t("app.loading")} className="space-y-2">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={`shimmer rounded-md ${height}`} />
      ))}
    </div>
  );
}

interface NoteProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  small?: boolean;
}

function Note({ icon, title, children, actions, small }: NoteProps) {
  return (
    <div className={`flex flex-col items-center gap-2 text-center ${small ? "px-4 py-6" : "px-4 py-14"}`}>
      <span className="text-soft" aria-hidden>
        {icon}
      </span>
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-md text-soft">{children}</div>}
      {actions && <div className="mt-2 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

export function Empty({ title, children, actions, small }: Omit<NoteProps, "icon">) {
  return (
    <Note icon={<Inbox size={22} />} title={title} actions={actions} small={small}>
      {children}
    </Note>
  );
}

export function serviceName(texts: Texts, service: string | null): string {
  return (service && texts.maybe(`service.${service}`)) ?? texts.t("problem.the_service");
}

/** A refusal in words a person can act on; the code and the request are there for who has to look deeper. */
export function wording(problem: Problem, texts: Texts): string {
  const { t } = texts;
  if (problem.status === 0) return t("problem.no_connection");
  if (problem.isAway) return t("problem.away", { service: serviceName(texts, problem.service) });
  return texts.maybe(`problem.${problem.code}`) ?? problem.detail;
}

export function ProblemCodes({ problem }: { problem: Problem }) {
  const { t } = useTexts();
  return (
    <p className="text-xs text-soft">
      {t("problem.code")} <code className="font-mono">{problem.code}</code>
      {problem.requestId && (
        <>
          {" · "}
          {t("problem.request")} <code className="font-mono">{problem.requestId}</code>
        </>
      )}
    </p>
  );
}

export function Failed({ error, retry, small }: { error: unknown; retry?: () => void; small?: boolean }) {
  const texts = useTexts();
  const { t } = texts;
  const problem = asProblem(error);
  if (problem.isAbsent) return <Absent service={problem.service} small={small} />;
  if (problem.status === 401) return <Skeleton rows={3} />; // the sign-in over the page says it, once
  const again = retry && (
    <Button onClick={retry}>
      <RotateCw size={14} aria-hidden />
      {t("problem.retry")}
    </Button>
  );
  return (
    <div role="alert">
      <Note icon={<CircleAlert size={22} />} title={t("problem.title")} actions={again} small={small}>
        <p>{wording(problem, texts)}</p>
        {problem.fields.map((field) => (
          <p key={field.pointer}>
            {field.pointer}: {field.detail}
          </p>
        ))}
        {problem.retryAfterS && <p>{t("problem.retry_after", { count: problem.retryAfterS })}</p>}
        <ProblemCodes problem={problem} />
      </Note>
    </div>
  );
}

export function Absent({ service, small }: { service: string | null; small?: boolean }) {
  const texts = useTexts();
  const text = texts.t("absent.text", { service: serviceName(texts, service) });
  if (small) {
    return (
      <p className="flex items-start gap-2 p-4 text-soft">
        <PlugZap size={16} aria-hidden className="mt-0.5 shrink-0" />
        {text}
      </p>
    );
  }
  return (
    <Note icon={<PlugZap size={22} />} title={texts.t("absent.title")}>
      {text}
    </Note>
  );
}

export function Banner({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
      <TriangleAlert size={16} className="mt-0.5 shrink-0" aria-hidden />
      <div>{children}</div>
    </div>
  );
}

interface AsyncProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  children: (data: T) => ReactNode;
  loading?: ReactNode;
  small?: boolean;
}

/** One answer and everything that can become of it. */
export function Async<T>({ query, children, loading, small }: AsyncProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} small={small} />;
  return loading ?? <Skeleton rows={small ? 3 : 6} />;
}
