"use client";

import {
  Boxes,
  Building2,
  CircleDot,
  Contact,
  type LucideIcon,
  MessageCircleHeart,
  PlugZap,
  TrendingDown,
  Upload,
  UserRoundPlus,
} from "lucide-react";
import { usePathname } from "next/navigation";

import { type Key, useTexts } from "@/client/i18n/text";
import { useServices } from "@/client/queries";

import { Go } from "./go";

export interface Place {
  path: string;
  label: Key;
  icon: LucideIcon;
  service: string;
}

export const PLACES: { label: Key; places: Place[] }[] = [
  {
    label: "nav.people",
    places: [
      { path: "/dashboard/recommendations/", label: "nav.recommendations", icon: UserRoundPlus, service: "recommend" },
      { path: "/dashboard/churn-analysis/", label: "nav.churn", icon: TrendingDown, service: "churn" },
      { path: "/dashboard/sentiment-analysis/", label: "nav.sentiment", icon: MessageCircleHeart, service: "sentiment" },
      { path: "/dashboard/interest-clusters/", label: "nav.clusters", icon: CircleDot, service: "embeddings" },
      { path: "/dashboard/contact/", label: "nav.contacts", icon: Contact, service: "crm" },
    ],
  },
  {
    label: "nav.firms",
    places: [{ path: "/dashboard/accounts/", label: "nav.accounts", icon: Building2, service: "crm" }],
  },
  {
    label: "nav.system",
    places: [
      { path: "/dashboard/models/", label: "nav.models", icon: Boxes, service: "crm" },
      { path: "/dashboard/import/", label: "nav.import", icon: Upload, service: "crm" },
    ],
  },
];

export function Nav({ onGo }: { onGo?: () => void }) {
  const { t } = useTexts();
  const { data: services } = useServices();
  const here = usePathname();
  return (
    <nav aria-label={t("nav.main")} className="space-y-5">
      {PLACES.map((group) => (
        <div key={group.label}>
          <p className="px-2 pb-1 text-xs font-medium text-soft">{t(group.label)}</p>
          <ul className="space-y-px">
            {group.places.map((place) => {
              const current = here === place.path;
              const look = current ? "bg-accent-soft font-medium text-accent" : "text-ink hover:bg-raised";
              return (
                <li key={place.path}>
                  <Go
                    href={place.path}
                    onClick={onGo}
                    aria-current={current ? "page" : undefined}
                    className={`flex h-8 items-center gap-2 rounded-md px-2 ${look}`}
                  >
                    <place.icon size={16} aria-hidden className={current ? "" : "text-soft"} />
                    <span className="min-w-0 flex-1 truncate">{t(place.label)}</span>
                    {services && !(place.service in services) && (
                      <span className="text-soft" title={t("nav.absent")}>
                        <PlugZap size={14} aria-hidden />
                        <span className="sr-only">{t("nav.absent")}</span>
                      </span>
                    )}
                  </Go>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
