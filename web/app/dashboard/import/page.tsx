"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { type DragEvent, useEffect, useId, useRef, useState } from "react";

import { Button, buttonClass } from "@/components/button";
import { Duplicates } from "@/components/duplicates";
import { Go } from "@/components/go";
import { ImportProgress, ImportResult, type Outcome } from "@/components/import-result";
import { PageHead, Panel } from "@/components/panel";
import { Select } from "@/components/select";
import { Async, Failed } from "@/components/states";
import { useTexts } from "@/client/i18n/text";
import { rewriteQuery } from "@/client/links";
import { forgetFacts, isOver, useImport, useImportJob, useImports } from "@/client/queries";

const KINDS = [
  "contacts", "accounts", "interactions", "links", "users", "account_signals", "research_runs", "user_interactions",
] as const;
type Kind = (typeof KINDS)[number];

export default function ImportPage() {
  const { t } = useTexts();
  // The job is in the address: a reload finds it again.
  const jobId = useSearchParams().get("job");
  return (
    <>
      <PageHead title={t("import.title")} lead={t("import.lead")} />
      <Panel>{jobId ? <Running jobId={jobId} /> : <Choose />}</Panel>
      <Duplicates />
      <Earlier />
    </>
  );
}

function Choose() {
  const { t } = useTexts();
  const [kind, setKind] = useState<Kind>("contacts");
  const [strict, setStrict] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const strictId = useId();
  const input = useRef<HTMLInputElement>(null);
  const sending = useImport();

  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setFile(event.dataTransfer.files[0] ?? null);
  };
  const send = () => {
    if (file) sending.mutate({ file, kind, strict }, { onSuccess: (job) => rewriteQuery({ job: job.id }) });
  };
  return (
    <div className="space-y-4">
      <Select
        label={t("import.kind")}
        value={kind}
        change={(value) => setKind(value as Kind)}
        options={KINDS.map((value) => ({ value, label: t(`kind_of.${value}`) }))}
      />
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
        className={`flex flex-col items-center gap-3 rounded-lg border border-dashed px-4 py-10 text-center ${over ? "border-accent bg-accent-soft" : "border-line-strong"}`}
      >
        <Upload size={22} className="text-soft" aria-hidden />
        <p>{file ? file.name : t(over ? "import.drop_now" : "import.drop")}</p>
        <input
          ref={input}
          type="file"
          className="sr-only"
          tabIndex={-1}
          aria-label={t("import.choose")}
          accept=".csv,.tsv,.vcf,.json,.jsonl,.ndjson,.txt,.gz"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
        <Button onClick={() => input.current?.click()}>{t("import.choose")}</Button>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span className="flex items-center gap-2">
          <input id={strictId} type="checkbox" checked={strict} onChange={(event) => setStrict(event.target.checked)} className="size-4 accent-accent" />
          <label htmlFor={strictId}>{t("import.strict")}</label>
        </span>
        <Button kind="main" disabled={!file || sending.isPending} onClick={send}>
          {t(sending.isPending ? "import.sending" : "import.start")}
        </Button>
      </div>
      {sending.error && <Failed error={sending.error} retry={send} small />}
    </div>
  );
}

function Running({ jobId }: { jobId: string }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const job = useImportJob(jobId);
  const over = job.data && isOver(job.data);
  useEffect(() => {
    if (!over) return;
    void forgetFacts(client);
    void client.invalidateQueries({ queryKey: ["imports"] });
  }, [over, client]);
  return (
    <div className="space-y-4">
      <Async query={job} small>
        {(data) => (isOver(data) ? <ImportResult job={data} /> : <ImportProgress job={data} />)}
      </Async>
      {(over || job.error) && (
        <div className="flex flex-wrap gap-2">
          <Go href="/dashboard/contact/" className={buttonClass("main")}>
            {t("import.next")}
          </Go>
          <a href="#duplicates" className={buttonClass()}>
            {t("import.duplicates_link")}
          </a>
          <Button kind="quiet" onClick={() => rewriteQuery({ job: null })}>
            {t("import.again")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Earlier() {
  const { t, moment, number } = useTexts();
  const imports = useImports();
  return (
    <Panel title={t("import.history")} flush>
      <Async query={imports} small>
        {(data) =>
          data.items.length === 0 ? (
            <p className="p-4 text-soft">{t("import.history_empty")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {data.items.map((job) => {
                const result = (job.result ?? {}) as Outcome;
                return (
                  <li key={job.id} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2">
                    <button type="button" className="text-left hover:text-accent hover:underline" onClick={() => rewriteQuery({ job: job.id })}>
                      <time dateTime={job.created_at}>{moment(job.created_at)}</time>
                    </button>
                    <span className="text-xs text-soft tabular-nums">
                      {t(`state.${job.state}`)} · {number(result.created ?? 0)} {t("import.created")} · {number(result.updated ?? 0)}{" "}
                      {t("import.updated")} · {number(result.rejected ?? 0)} {t("import.rejected")}
                    </span>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Async>
    </Panel>
  );
}
