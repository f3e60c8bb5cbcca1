// What each service says of one contact: a panel each, and each on its own when another is away.
"use client";

import type { Reason, Sentiment } from "@/client/api/ahead";
import { asProblem } from "@/client/api/problem";
import { useTexts } from "@/client/i18n/text";
import { contactPath, recommendationsPath } from "@/client/links";
import {
  useChurn, useIntroductions, useRecommendations, useSelf, useSentiment, useSimilar,
} from "@/client/queries";

import { Go } from "./go";
import { ModelNote } from "./model-note";
import { Needs, NEEDS, useHas } from "./needs";
import { Panel } from "./panel";
import { Person } from "./person";
import { Reasons } from "./reasons";
import { Interventions, Probability, Risk } from "./risk";
import { Balance, Score } from "./score";
import { Async, Banner, Failed, Skeleton } from "./states";

const FEW = 4;

export function Similar({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const similar = useSimilar(contactId);
  return (
    <Panel title={t("contact.similar")}>
      <Async query={similar} small>
        {(data) => (
          <div className="space-y-3">
            {data.degraded && <Banner>{t("degraded.search")}</Banner>}
            {data.items.length === 0 && <p className="text-soft">{t("contact.similar_empty")}</p>}
            {data.items.map((one) => (
              <div key={one.id}>
                <Person contact={one}>
                  <Score value={one.similarity} label={t("contact.similar")} />
                </Person>
                {one.match.length > 0 && (
                  <p className="mt-0.5 pl-11 text-xs text-soft">{one.match.map(({ value }) => value).join(", ")}</p>
                )}
              </div>
            ))}
          </div>
        )}
      </Async>
    </Panel>
  );
}

export function Recommended({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const recommended = useRecommendations(contactId, 0.6, FEW);
  const all = (
    <Go href={recommendationsPath(contactId)} className="text-accent hover:underline">
      {t("contact.all_recommended")}
    </Go>
  );
  return (
    <Panel title={t("contact.recommended")} aside={all}>
      <Async query={recommended} small>
        {(data) => (
          <div className="space-y-3">
            {data.items.length === 0 && <p className="text-soft">{t("contact.recommended_empty")}</p>}
            {data.items.map((one) => (
              <div key={one.id}>
                <Person contact={one.contact}>
                  <Score value={one.score} label={t("rec.score")} />
                </Person>
                <p className="mt-0.5 pl-11 text-xs text-soft">{one.reason}</p>
              </div>
            ))}
          </div>
        )}
      </Async>
    </Panel>
  );
}

export function Introductions({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const self = useSelf();
  const isSelf = self.data === contactId;
  const introductions = useIntroductions({ contact_id: contactId }, self.isSuccess && !isSelf);
  if (isSelf) return null;
  const nobody = asProblem(introductions.error).code === "no_self_contact";
  return (
    <Panel title={t("contact.introductions")}>
      {nobody ? (
        <p className="text-soft">{t("contact.introductions_self")}</p>
      ) : (
        <Async query={introductions} small>
          {(data) => (
            <ul className="space-y-3">
              {data.items.length === 0 && <li className="text-soft">{t("contact.introductions_empty")}</li>}
              {data.items.slice(0, FEW).map((one) => (
                <li key={one.introducer.id}>
                  <span className="flex items-center justify-between gap-3">
                    <Go href={contactPath(one.introducer.id)} className="min-w-0 truncate font-medium hover:text-accent hover:underline">
                      {one.introducer.name}
                    </Go>
                    <Score value={one.score} label={t("col.score")} />
                  </span>
                  <span className="text-xs text-soft">{one.reason}</span>
                </li>
              ))}
            </ul>
          )}
        </Async>
      )}
    </Panel>
  );
}

const worth = (reasons: readonly Reason[] | undefined) => reasons && reasons.length > 0;

export function ChurnPanel({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const self = useSelf();
  return (
    <Panel title={t("contact.churn")} flush={useHas(NEEDS.churn) === false}>
      <Needs {...NEEDS.churn} small>
        {self.isPending ? (
          <Skeleton />
        ) : self.data === contactId ? (
          <p className="text-soft">{t("contact.churn_self")}</p>
        ) : (
          <ChurnOf contactId={contactId} />
        )}
      </Needs>
    </Panel>
  );
}

function ChurnOf({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const churn = useChurn(contactId);
  return (
    <>
      {isUnknown(churn.error) ? (
        <p className="text-soft">{t("contact.churn_none")}</p>
      ) : (
        <Async query={churn} small>
          {(data) =>
            data.churn_probability === null ? (
              <p className="text-soft">{t("contact.churn_none")}</p>
            ) : (
              <div className="space-y-3">
                <div className="flex flex-wrap items-center gap-4">
                  <Risk level={data.risk_level} />
                  <Probability churn={data} />
                </div>
                {worth(data.reasons) && <Reasons reasons={data.reasons ?? []} bad />}
                {data.interventions.length > 0 && <Interventions churn={data} />}
                <p className="text-xs text-soft">
                  <ModelNote of={data} />
                </p>
              </div>
            )
          }
        </Async>
      )}
    </>
  );
}

const isUnknown = (error: unknown) => {
  const problem = asProblem(error);
  return Boolean(error) && problem.status === 404 && !problem.isAbsent;
};

const SIDES = ["tags", "notes", "interactions"] as const;
const EVIDENCE_SHOWN = 3;

/** The tags and sentences that pushed, the strongest first. */
function Evidence({ evidence }: { evidence: NonNullable<Sentiment["evidence"]> }) {
  const { t, number } = useTexts();
  const strongest = [...evidence].sort((one, other) => Math.abs(other.value) - Math.abs(one.value)).slice(0, EVIDENCE_SHOWN);
  if (strongest.length === 0) return null;
  return (
    <div>
      <dt className="sr-only">{t("col.why")}</dt>
      {strongest.map(({ text, value, source }) => (
        <dd key={source + text} className="flex items-baseline justify-between gap-4 text-soft">
          <span className="min-w-0 truncate" title={text}>
            “{text}”
          </span>
          <span className="tabular-nums">{number(value, 2)}</span>
        </dd>
      ))}
    </div>
  );
}

export function SentimentPanel({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  return (
    <Panel title={t("contact.sentiment")} flush={useHas(NEEDS.sentiment) === false}>
      <Needs {...NEEDS.sentiment} small>
        <SentimentOf contactId={contactId} />
      </Needs>
    </Panel>
  );
}

function SentimentOf({ contactId }: { contactId: string }) {
  const { t } = useTexts();
  const sentiment = useSentiment(contactId);
  return (
    <>
      {isUnknown(sentiment.error) ? (
        <p className="text-soft">{t("contact.sentiment_none")}</p>
      ) : sentiment.error ? (
        <Failed error={sentiment.error} retry={() => void sentiment.refetch()} small />
      ) : (
        <Async query={sentiment} small>
          {(data) =>
            data.overall_sentiment === null ? (
              <p className="text-soft">{t("contact.sentiment_none")}</p>
            ) : (
              <dl className="space-y-2">
                <div className="flex items-center justify-between gap-4">
                  <dt className="font-medium">{data.sentiment_label && t(`tone.${data.sentiment_label}`)}</dt>
                  <dd>
                    <Balance value={data.overall_sentiment} label={t("contact.sentiment")} />
                  </dd>
                </div>
                {SIDES.map((side) => {
                  const value = data.components[side];
                  return (
                    typeof value === "number" && (
                      <div key={side} className="flex items-center justify-between gap-4 text-soft">
                        <dt>{t(`sentiment.part.${side}`)}</dt>
                        <dd>
                          <Balance value={value} label={t(`sentiment.part.${side}`)} />
                        </dd>
                      </div>
                    )
                  );
                })}
                <Evidence evidence={data.evidence ?? []} />
              </dl>
            )
          }
        </Async>
      )}
    </>
  );
}

