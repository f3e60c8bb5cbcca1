"use client";

import { CircleAlert, CircleCheck } from "lucide-react";

import { type Key, useTexts } from "@/client/i18n/text";
import type { Job } from "@/client/queries";

import { Bar } from "./score";

export interface Outcome {
  format?: string;
  created?: number;
  updated?: number;
  unchanged?: number;
  rejected?: number;
  errors?: { line: number; column: string | null; reason: string }[];
  errors_omitted?: number;
  ignored_columns?: string[];
}

const COUNTS = ["created", "updated", "unchanged", "rejected"] as const;

export function ImportProgress({ job }: { job: Job }) {
  const { t, number } = useTexts();
  const { done, total } = job.progress;
  return (
    <div role="status" className="space-y-2">
      <Bar share={total ? done / total : 0} />
      <p className="text-soft tabular-nums">
        {t("import.running", { count: done })}
        {total ? ` / ${number(total)}` : ""}
      </p>
    </div>
  );
}

/** What became of a file: how many rows, and each that was not taken with its line and why. */
export function ImportResult({ job }: { job: Job }) {
  const { t, number } = useTexts();
  const result = (job.result ?? {}) as Outcome;
  const succeeded = job.state === "succeeded";
  const detail = job.error && typeof job.error.detail === "string" ? job.error.detail : null;
  return (
    <div className="space-y-4" role="status">
      <p className={`flex items-center gap-2 font-medium ${succeeded ? "text-good" : "text-bad"}`}>
        {succeeded ? <CircleCheck size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />}
        {t(succeeded ? "import.done" : "import.failed")}
        {result.format && <span className="font-normal text-soft">{t("import.format", { format: result.format })}</span>}
      </p>
      {detail && <p>{detail}</p>}
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {COUNTS.map((count) => (
          <div key={count} className="rounded-md bg-ground px-3 py-2">
            <dt className="text-xs text-soft">{t(`import.${count}` satisfies Key)}</dt>
            <dd className="text-lg font-semibold tabular-nums">{number(result[count] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      {result.ignored_columns && result.ignored_columns.length > 0 && (
        <p className="text-soft">{t("import.ignored", { columns: result.ignored_columns.join(", ") })}</p>
      )}
      {result.errors && result.errors.length > 0 && <BadRows result={result} />}
    </div>
  );
}

function BadRows({ result }: { result: Outcome }) {
  const { t } = useTexts();
  const errors = result.errors ?? [];
  const omitted = result.errors_omitted ?? 0;
  return (
    <div className="max-h-80 overflow-auto rounded-md border border-line" tabIndex={0} role="region" aria-label={t("col.reason")}>
      <table className="w-full">
        <caption className="px-3 py-2 text-left font-medium">{t("import.bad_rows", { count: errors.length + omitted })}</caption>
        <thead className="text-left text-xs text-soft">
          <tr>
            <th scope="col" className="w-20 px-3 py-1 font-medium">{t("col.line")}</th>
            <th scope="col" className="w-40 px-3 py-1 font-medium">{t("col.column")}</th>
            <th scope="col" className="px-3 py-1 font-medium">{t("col.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {errors.map((error, index) => (
            <tr key={index} className="border-t border-line align-top">
              <td className="px-3 py-1.5 tabular-nums">{error.line}</td>
              <td className="px-3 py-1.5 font-mono text-xs">{error.column}</td>
              <td className="px-3 py-1.5">{error.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {omitted > 0 && <p className="px-3 py-2 text-soft">{t("import.omitted", { count: omitted })}</p>}
    </div>
  );
}
