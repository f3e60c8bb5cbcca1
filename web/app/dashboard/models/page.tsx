"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play, RotateCcw, Square } from "lucide-react";

import { Button } from "@/components/button";
import { type Need, Needs, useHas } from "@/components/needs";
import { Chip, PageHead, Panel } from "@/components/panel";
import { Bar } from "@/components/score";
import { Async, Failed } from "@/components/states";
import { remove, write } from "@/client/api/client";
import { type Key, useTexts } from "@/client/i18n/text";
import { isOver, type Job, type RegisteredModel, useJobs, useModels } from "@/client/queries";

interface Capability {
  name: string;
  service: string;
  kinds: readonly string[];
  hasModels: boolean;
}

const CAPABILITIES: readonly Capability[] = [
  { name: "recommendations", service: "recommend", kinds: ["recommend", "train"], hasModels: true },
  { name: "churn", service: "churn", kinds: ["predict", "train"], hasModels: true },
  { name: "sentiment", service: "sentiment", kinds: ["analyze"], hasModels: true },
  { name: "icp-score", service: "icp", kinds: ["score", "train"], hasModels: true },
  { name: "embeddings", service: "embeddings", kinds: ["embed", "cluster"], hasModels: true },
  { name: "crm", service: "crm", kinds: ["graph"], hasModels: false },
];

export default function ModelsPage() {
  const { t } = useTexts();
  return (
    <>
      <PageHead title={t("models.title")} lead={t("models.lead")} />
      {CAPABILITIES.map((capability) => (
        <Panel key={capability.name} title={t(`service.${capability.service}` as Key)} flush>
          <Part capability={capability} />
        </Panel>
      ))}
    </>
  );
}

function Part({ capability }: { capability: Capability }) {
  const { t } = useTexts();
  const jobs: Need = { service: capability.service, operation: operationOf(capability) };
  return (
    <Needs {...jobs} small>
      {capability.hasModels && <Models capability={capability} />}
      <h3 className="border-t border-line px-4 pt-3 text-xs font-medium text-soft">{t("models.jobs")}</h3>
      <Jobs capability={capability} />
    </Needs>
  );
}

// The facts are always there; the others as the document says.
const operationOf = ({ name }: Capability) => (name === "crm" ? "/api/ml/search" : `/api/ml/${name}/jobs`);

function useChange(names: string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: () => Promise<unknown>) => change(),
    onSettled: () => Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
}

function Models({ capability }: { capability: Capability }) {
  const { t } = useTexts();
  const models = useModels(capability.name);
  const change = useChange(["models"]);
  return (
    <Async query={models} small>
      {(data) => (
        <>
          {data.items.length === 0 && <p className="p-4 text-soft">{t("models.empty")}</p>}
          <ul className="divide-y divide-line">
            {data.items.slice(0, 6).map((model) => (
              <Version key={model.name + model.version} model={model} capability={capability} change={change.mutate} />
            ))}
          </ul>
          {change.error && <Failed error={change.error} small />}
        </>
      )}
    </Async>
  );
}

interface VersionProps {
  model: RegisteredModel;
  capability: Capability;
  change: (change: () => Promise<unknown>) => void;
}

function Version({ model, capability, change }: VersionProps) {
  const { t, maybe, moment } = useTexts();
  const at = model.trained_at ?? model.added_at;
  const root = `/api/ml/${capability.name}/models/${encodeURIComponent(model.name)}`;
  const serves = model.state === "serving";
  return (
    <li className="space-y-2 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="font-medium">{model.name.replaceAll("_", " ")}</span>
          <code className="font-mono text-xs text-soft">{model.version}</code>
          <Chip>{model.kind.replaceAll("_", " ")}</Chip>
          <Chip>{maybe(`state.${model.state}`) ?? model.state}</Chip>
          {at && <time dateTime={at} className="text-xs text-soft">{moment(at)}</time>}
        </div>
        {serves ? (
          <Button kind="quiet" onClick={() => change(() => write(`${root}/rollback`, {}))}>
            <RotateCcw size={14} aria-hidden />
            {t("models.rollback")}
          </Button>
        ) : (
          <Button onClick={() => change(() => write(`${root}/versions/${encodeURIComponent(model.version)}/promote`, {}))}>
            {t("models.promote")}
          </Button>
        )}
      </div>
      {model.metrics && <Metrics metrics={model.metrics} />}
      {model.gate && (
        <p className="text-xs text-soft">
          {t(model.gate.passed ? "models.gate_passed" : "models.gate_failed")}: {model.gate.reason}
        </p>
      )}
    </li>
  );
}

function Metrics({ metrics }: { metrics: NonNullable<RegisteredModel["metrics"]> }) {
  const { t, number } = useTexts();
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-1">
      {Object.entries(metrics).map(([name, { value, low, high, baseline }]) => (
        <li key={name} className="tabular-nums">
          <span className="text-soft">{name.replaceAll("_", " ")}</span> <span className="font-medium">{number(value, 3)}</span>{" "}
          <span className="text-xs text-soft">
            [{number(low, 3)}, {number(high, 3)}]
            {typeof baseline === "number" && <> · {t("models.baseline", { value: number(baseline, 3) })}</>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Jobs({ capability }: { capability: Capability }) {
  const { t } = useTexts();
  const has = useHas({ service: capability.service, operation: operationOf(capability) });
  const jobs = useJobs(capability.name);
  const change = useChange(["jobs"]);
  if (!has) return null;
  return (
    <div className="space-y-3 px-4 pt-2 pb-4">
      <Async query={jobs} small>
        {(data) => (
          <>
            {data.items.length === 0 && <p className="text-soft">{t("models.jobs_empty")}</p>}
            <ul className="divide-y divide-line">
              {data.items.map((job) => (
                <One key={job.id} job={job} cancel={() => change.mutate(() => remove(`/api/ml/${capability.name}/jobs/${job.id}`))} />
              ))}
            </ul>
          </>
        )}
      </Async>
      {change.error && <Failed error={change.error} small />}
      <div className="flex flex-wrap gap-2">
        {capability.kinds.map((kind) => (
          <Button key={kind} disabled={change.isPending} onClick={() => change.mutate(() => write(`/api/ml/${capability.name}/jobs`, { kind }))}>
            <Play size={14} aria-hidden />
            {t("models.run", { kind })}
          </Button>
        ))}
      </div>
    </div>
  );
}

function One({ job, cancel }: { job: Job; cancel: () => void }) {
  const { t, ago, moment, number } = useTexts();
  const { done, total } = job.progress;
  return (
    <li className="grid grid-cols-[6rem_6rem_minmax(0,1fr)_auto] items-center gap-3 py-1.5">
      <span className="font-medium">{job.kind}</span>
      <span className="text-soft">{t(`state.${job.state}`)}</span>
      <span className="flex items-center gap-3">
        <span className="hidden w-40 sm:block">
          <Bar share={total ? done / total : 0} tone="soft" />
        </span>
        <span className="text-xs text-soft tabular-nums">
          {number(done)}
          {typeof total === "number" && ` / ${number(total)}`}
        </span>
      </span>
      {isOver(job) ? (
        <time dateTime={job.created_at} title={moment(job.created_at)} className="text-xs text-soft">
          {ago(job.created_at)}
        </time>
      ) : (
        <Button kind="quiet" onClick={cancel}>
          <Square size={12} aria-hidden />
          {t("models.cancel")}
        </Button>
      )}
    </li>
  );
}
