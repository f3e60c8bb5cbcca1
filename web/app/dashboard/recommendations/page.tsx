"use client";

import { Download, Upload, Users } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useState } from "react";

import { Button, buttonClass } from "@/components/button";
import { Go } from "@/components/go";
import { ModelNote } from "@/components/model-note";
import { PageHead, Panel } from "@/components/panel";
import { PersonPicker } from "@/components/picker";
import { RecommendationCard } from "@/components/recommendation";
import { Select } from "@/components/select";
import { Async, Banner, Empty, Failed, Skeleton } from "@/components/states";
import { useActions } from "@/client/actions";
import { csv, download } from "@/client/csv";
import { recommendationSubject, useFeedback } from "@/client/feedback";
import { useTexts } from "@/client/i18n/text";
import { rewriteQuery } from "@/client/links";
import { contactName, type Recommendation, type Schemas, useContact, useRecommendations, useSelf } from "@/client/queries";

type Answer = Schemas["RecommendationsOut"];
const MIN_SCORES = ["0", "0.4", "0.6", "0.8", "0.9"];
const USUAL = "0.6";
const LIMIT = 50;

export default function RecommendationsPage() {
  const { t } = useTexts();
  const self = useSelf();
  const asked = useSearchParams().get("contact_id");
  const [choosing, setChoosing] = useState(false);
  const whose = asked ?? self.data;
  const choose = (id: string) => {
    rewriteQuery({ contact_id: id });
    setChoosing(false);
  };
  const contact = useContact(whose);
  const name = contact.data && contactName(contact.data);

  if (!asked && self.error) return <Failed error={self.error} retry={() => void self.refetch()} />;
  if (!asked && self.isPending) return <Skeleton />;
  const isPicking = choosing || !whose;
  return (
    <>
      <PageHead
        title={t("rec.title")}
        lead={name ? t("rec.lead", { name }) : t("rec.lead_nobody")}
        actions={
          <Button onClick={() => setChoosing(!choosing)} aria-expanded={isPicking}>
            <Users size={14} aria-hidden />
            {t("rec.change")}
          </Button>
        }
      />
      {isPicking && (
        <Panel title={t("rec.choose")}>
          {!whose && <p className="mb-3 text-soft">{t("rec.choose_text")}</p>}
          <PersonPicker choose={choose} label={t("rec.choose")} />
        </Panel>
      )}
      {whose && <List whose={whose} />}
    </>
  );
}

function List({ whose }: { whose: string }) {
  const { t, number } = useTexts();
  const asked = useSearchParams().get("min_score");
  const minScore = asked && MIN_SCORES.includes(asked) ? asked : USUAL;
  const query = useRecommendations(whose, Number(minScore), LIMIT);
  const { hidden } = useActions();
  const act = useFeedback(whose);
  const items = (query.data?.items ?? []).filter(({ id }) => !hidden.has(recommendationSubject(whose, id)));
  const setMinScore = (value: string) => rewriteQuery({ min_score: value === USUAL ? null : value });
  return (
    <>
      {query.data?.degraded && <Banner>{t("degraded.scores")}</Banner>}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Select
          label={t("rec.min_score")}
          value={minScore}
          change={setMinScore}
          options={MIN_SCORES.map((value) => ({ value, label: number(Number(value), 1) }))}
        />
        <Button kind="quiet" disabled={items.length === 0} onClick={() => save(items)}>
          <Download size={14} aria-hidden />
          {t("table.csv")}
        </Button>
      </div>
      <Panel title={t("rec.shown", { count: items.length })} aside={query.data && <ModelNote of={query.data} />} flush>
        <Async query={query} loading={<div className="p-4"><Skeleton rows={8} height="h-12" /></div>}>
          {(data) =>
            items.length === 0 ? (
              <Nobody data={data} minScore={minScore} lower={() => setMinScore("0")} />
            ) : (
              <>
                <ul className="divide-y divide-line">
                  {items.map((item) => (
                    <RecommendationCard key={item.id} recommendation={item} act={act} />
                  ))}
                </ul>
                {data.below_min_score > 0 && (
                  <p className="border-t border-line px-4 py-2 text-xs text-soft">
                    {t("rec.below", { count: data.below_min_score })}
                  </p>
                )}
              </>
            )
          }
        </Async>
      </Panel>
    </>
  );
}

function Nobody({ data, minScore, lower }: { data: Answer; minScore: string; lower: () => void }) {
  const { t, number } = useTexts();
  if (data.below_min_score > 0) {
    const title = t("rec.empty", { score: number(Number(minScore), 1) });
    return (
      <Empty title={title} actions={<Button onClick={lower}>{t("rec.lower")}</Button>}>
        {t("rec.empty_text", { count: data.below_min_score })}
      </Empty>
    );
  }
  const way = (
    <Go href="/dashboard/import/" className={buttonClass("main")}>
      <Upload size={14} aria-hidden />
      {t("nav.import")}
    </Go>
  );
  return (
    <Empty title={t("rec.empty_none")} actions={way}>
      {t("rec.empty_none_text")}
    </Empty>
  );
}

function save(items: readonly Recommendation[]): void {
  const head = ["id", "first_name", "last_name", "title", "organization", "score", "reasons"];
  const rows = items.map(({ contact, score, reasons }) => [
    contact.id, contact.first_name, contact.last_name, contact.title, contact.organization, score,
    reasons.map(({ text }) => text).join("; "),
  ]);
  download("people-to-meet.csv", csv(head, rows));
}
