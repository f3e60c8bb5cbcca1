"use client";

import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";

import { Button } from "@/components/button";
import { ModelNote } from "@/components/model-note";
import { Chip, PageHead, Panel } from "@/components/panel";
import { Person } from "@/components/person";
import { Score } from "@/components/score";
import { Async, Empty, Skeleton } from "@/components/states";
import { useTexts } from "@/client/i18n/text";
import { rewriteQuery } from "@/client/links";
import { useCluster, useClusters } from "@/client/queries";

const Bubbles = dynamic(() => import("@/components/bubbles"), { ssr: false, loading: () => <Skeleton rows={1} height="h-80" /> });

export default function ClustersPage() {
  const { t, number } = useTexts();
  const clusters = useClusters();
  const asked = Number(useSearchParams().get("cluster")) || null;
  const choose = (id: number) => rewriteQuery({ cluster: String(id) });
  return (
    <>
      <PageHead title={t("clusters.title")} lead={t("clusters.lead")} />
      <Async query={clusters}>
        {(data) => {
          if (data.items.length === 0) {
            return (
              <Panel>
                <Empty title={t("clusters.empty")}>{t("clusters.empty_text")}</Empty>
              </Panel>
            );
          }
          const chosen = asked ?? data.items[0]?.id ?? null;
          return (
            <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1.35fr)_minmax(0,1fr)]">
              <Panel title={t("clusters.list")} aside={<ModelNote of={{ status: data.status, computed_at: data.computed_at }} />}>
                <Bubbles clusters={data.items} chosen={chosen} choose={choose} />
                <p className="mt-2 text-xs text-soft">{t("clusters.chart")}</p>
                <ul className="mt-4 divide-y divide-line border-t border-line">
                  {data.items.map((cluster) => (
                    <li key={cluster.id}>
                      <button
                        type="button"
                        aria-pressed={cluster.id === chosen}
                        onClick={() => choose(cluster.id)}
                        className={`flex w-full items-baseline gap-3 px-1 py-2 text-left ${cluster.id === chosen ? "text-accent" : "hover:text-accent"}`}
                      >
                        <span className="w-8 shrink-0 text-right font-semibold tabular-nums">{number(cluster.size)}</span>
                        <span>{cluster.top_topics.join(", ")}</span>
                      </button>
                    </li>
                  ))}
                </ul>
              </Panel>
              {chosen !== null && <Members key={chosen} clusterId={chosen} />}
            </div>
          );
        }}
      </Async>
    </>
  );
}

function Members({ clusterId }: { clusterId: number }) {
  const { t, number } = useTexts();
  const cluster = useCluster(clusterId);
  const first = cluster.data?.pages[0];
  const title = first ? t("clusters.people", { count: first.size }) : t("clusters.members");
  const separation =
    typeof first?.silhouette === "number" && t("clusters.silhouette", { value: number(first.silhouette, 2) });
  return (
    <Panel title={title} aside={separation}>
      <Async query={cluster} small>
        {({ pages }) => (
          <div className="space-y-4">
            <div>
              <h3 className="mb-1.5 text-xs font-medium text-soft">{t("clusters.topics")}</h3>
              <div className="flex flex-wrap gap-1.5">{first?.top_topics.map((topic) => <Chip key={topic}>{topic}</Chip>)}</div>
            </div>
            <div>
              <h3 className="mb-2 flex justify-between text-xs font-medium text-soft">
                {t("clusters.members")}
                <span>{t("clusters.typical")}</span>
              </h3>
              <ul className="max-h-[26rem] space-y-2.5 overflow-y-auto pr-1" tabIndex={0} aria-label={t("clusters.members")}>
                {pages.flatMap((page) => page.members).map((member) => (
                  <li key={member.id}>
                    <Person contact={member}>
                      <Score value={member.similarity} label={t("clusters.typical")} />
                    </Person>
                  </li>
                ))}
              </ul>
            </div>
            {cluster.hasNextPage && (
              <Button disabled={cluster.isFetching} onClick={() => void cluster.fetchNextPage()}>
                {t("clusters.more")}
              </Button>
            )}
          </div>
        )}
      </Async>
    </Panel>
  );
}
