"use client";

import { Check, ChevronDown, X } from "lucide-react";
import { useId, useState } from "react";

import { type Key, useTexts } from "@/client/i18n/text";
import { contactPath } from "@/client/links";
import { contactName, type Recommendation } from "@/client/queries";

import { Button } from "./button";
import { Go } from "./go";
import { Person } from "./person";
import { Reasons } from "./reasons";
import { Bar, Score } from "./score";

const PARTS = ["mutual_contacts", "semantic_similarity", "influence", "same_organization"] as const;

interface Props {
  recommendation: Recommendation;
  act: (recommendation: Recommendation, action: "connect" | "dismiss") => void;
}

/** Whom to meet: who it is, how good the idea is and why, and what to do with it. */
export function RecommendationCard({ recommendation, act }: Props) {
  const { t, percent } = useTexts();
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  const name = contactName(recommendation.contact);
  const more = recommendation.reasons.length - 1;
  return (
    <li className="px-4 py-3" aria-label={name}>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2 md:grid-cols-[minmax(0,1fr)_7rem_minmax(0,1.25fr)_auto]">
        <Person contact={recommendation.contact} />
        <span title={t("rec.percentile", { percent: percent(recommendation.score) })}>
          <Score value={recommendation.score} label={t("rec.score")} />
        </span>
        <div className="col-span-2 min-w-0 md:col-span-1">
          <p className={open ? "" : "line-clamp-1"} title={recommendation.reason}>
            {recommendation.reason}
          </p>
          {more > 0 && (
            <button
              type="button"
              aria-expanded={open}
              aria-controls={open ? detailsId : undefined}
              onClick={() => setOpen(!open)}
              className="inline-flex items-center gap-1 text-xs text-soft hover:text-ink"
            >
              <ChevronDown size={14} aria-hidden className={open ? "rotate-180" : ""} />
              {open ? t("rec.less") : t("rec.more_reasons", { count: more })}
            </button>
          )}
        </div>
        <div className="col-span-2 flex gap-2 md:col-span-1">
          <Button kind="plain" onClick={() => act(recommendation, "connect")} aria-label={`${t("action.connect")}: ${name}`}>
            <Check size={14} aria-hidden />
            {t("action.connect")}
          </Button>
          <Button kind="quiet" onClick={() => act(recommendation, "dismiss")} aria-label={`${t("action.dismiss")}: ${name}`}>
            <X size={14} aria-hidden />
            {t("action.dismiss")}
          </Button>
        </div>
      </div>
      {open && <Details id={detailsId} recommendation={recommendation} />}
    </li>
  );
}

function Details({ id, recommendation }: { id: string; recommendation: Recommendation }) {
  const { t, number } = useTexts();
  const { parts, introducers, reasons } = recommendation;
  return (
    <div id={id} className="mt-3 grid gap-6 rounded-md bg-ground p-4 md:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
      <div>
        <h3 className="mb-2 text-xs font-medium text-soft">{t("rec.why")}</h3>
        <Reasons reasons={reasons} />
      </div>
      <div className="space-y-4">
        <div>
          <h3 className="mb-2 text-xs font-medium text-soft">{t("rec.parts")}</h3>
          <dl className="grid grid-cols-[minmax(0,10rem)_minmax(0,1fr)_2.5rem] items-center gap-x-3 gap-y-1">
            {PARTS.map((part) => {
              const value = parts[part];
              return (
                <div key={part} className="contents">
                  <dt className="text-xs">{t(`rec.part.${part}` satisfies Key)}</dt>
                  <dd className="contents">
                    <Bar share={value ?? 0} tone="soft" />
                    <span className="text-right text-xs tabular-nums">{typeof value === "number" ? number(value, 2) : "–"}</span>
                  </dd>
                </div>
              );
            })}
          </dl>
        </div>
        {introducers.length > 0 && (
          <p>
            <span className="text-xs font-medium text-soft">{t("rec.through")}: </span>
            {introducers.map((person, index) => (
              <span key={person.id}>
                {index > 0 && ", "}
                <Go href={contactPath(person.id)} className="hover:text-accent hover:underline">
                  {contactName(person)}
                </Go>
              </span>
            ))}
          </p>
        )}
      </div>
    </div>
  );
}
