"use client";

import { CircleCheck, CircleHelp, TrendingDown, TriangleAlert } from "lucide-react";

import type { Churn } from "@/client/api/ahead";
import { useTexts } from "@/client/i18n/text";
import { contactPath } from "@/client/links";

import { Go } from "./go";
import { Score } from "./score";

const LOOKS = {
  HIGH: { icon: TriangleAlert, look: "text-bad" },
  MEDIUM: { icon: TrendingDown, look: "text-warn" },
  LOW: { icon: CircleCheck, look: "text-good" },
} as const;

/** The level in words with a sign of its own; colour only repeats it. */
export function Risk({ level }: { level: Churn["risk_level"] }) {
  const { t } = useTexts();
  const { icon: Icon, look } = level ? LOOKS[level] : { icon: CircleHelp, look: "text-soft" };
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${look}`}>
      <Icon size={14} aria-hidden />
      {t(level ? `risk.${level}` : "risk.none")}
    </span>
  );
}

export function Probability({ churn }: { churn: Churn }) {
  const { t } = useTexts();
  if (churn.churn_probability === null) return <span className="text-soft">–</span>;
  const horizon = churn.horizon_days ? t("churn.horizon", { days: Math.round(churn.horizon_days) }) : undefined;
  return (
    <span title={horizon}>
      <Score value={churn.churn_probability} label={t("col.probability")} />
    </span>
  );
}

export function Interventions({ churn, limit }: { churn: Churn; limit?: number }) {
  return (
    <ul className="space-y-0.5">
      {churn.interventions.slice(0, limit).map((one) => (
        <li key={one.code + one.text} className={limit ? "truncate" : ""} title={limit ? one.text : undefined}>
          {one.contact_id ? (
            <Go href={contactPath(one.contact_id)} className="hover:text-accent hover:underline">
              {one.text}
            </Go>
          ) : (
            one.text
          )}
        </li>
      ))}
    </ul>
  );
}
