import type { ReactNode } from "react";

interface PanelProps {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
  className?: string;
}

export function Panel({ title, aside, children, flush, className = "" }: PanelProps) {
  return (
    <section className={`rounded-lg border border-line bg-panel ${className}`} aria-label={title}>
      {title && (
        <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-1.5">
          <h2>{title}</h2>
          {aside && <div className="text-xs text-soft">{aside}</div>}
        </div>
      )}
      <div className={flush ? "" : "p-4"}>{children}</div>
    </section>
  );
}

export function PageHead({ title, lead, actions }: { title: string; lead?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
      <div>
        <h1>{title}</h1>
        {lead && <p className="mt-1 text-soft">{lead}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}

/** A small word about something: a tag, a state. */
export function Chip({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1 rounded bg-raised px-1.5 py-0.5 text-xs text-soft" title={title}>
      {children}
    </span>
  );
}
