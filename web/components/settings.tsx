"use client";

import { Languages, LogOut, Monitor, Moon, Sun } from "lucide-react";

import { chooseLanguage } from "@/client/i18n/language";
import { useTexts } from "@/client/i18n/text";
import { contactPath } from "@/client/links";
import { contactName, useContact, useSelf } from "@/client/queries";
import { signOut, useSession } from "@/client/session";
import { chooseTheme, type Theme, THEMES, useTheme } from "@/client/theme";

import { IconButton } from "./button";
import { Go } from "./go";
import { Initials } from "./person";

const ICONS = { system: Monitor, light: Sun, dark: Moon } satisfies Record<Theme, unknown>;

export function Switches() {
  const { t, language } = useTexts();
  const theme = useTheme();
  const Icon = ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <div className="flex items-center gap-1">
      <IconButton label={t(`theme.${theme}`)} onClick={() => chooseTheme(next)}>
        <Icon size={16} aria-hidden />
      </IconButton>
      <button
        type="button"
        lang={language === "en" ? "ru" : "en"}
        onClick={() => chooseLanguage(language === "en" ? "ru" : "en")}
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-xs text-soft hover:bg-raised hover:text-ink"
      >
        <Languages size={16} aria-hidden />
        {t("language.switch")}
      </button>
      <IconButton label={t("sign.out")} onClick={signOut} className="ml-auto">
        <LogOut size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

/** Whose circle the pages show by themselves. */
export function Me() {
  const { t, moment } = useTexts();
  const session = useSession();
  const { data: selfId } = useSelf();
  const { data: card } = useContact(selfId);
  const until = session.state === "open" ? session.claims.expiresAt : null;
  if (!card && !until) return null;
  return (
    <div className="flex items-center gap-2 px-2">
      {card && <Initials name={contactName(card)} />}
      <div className="min-w-0">
        {card && (
          <Go href={contactPath(card.id)} className="block truncate font-medium hover:underline">
            {contactName(card)}
          </Go>
        )}
        {until && <p className="text-xs text-soft">{t("sign.until", { time: moment(until) })}</p>}
      </div>
    </div>
  );
}
