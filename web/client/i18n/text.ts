// Texts of the catalogue in the language in use, with their numbers and dates written as that language does.
import { useMemo } from "react";

import { en } from "./en";
import { type Language, useLanguage } from "./language";
import { ru } from "./ru";

export type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Key = keyof typeof en;
export type Catalogue = Record<Key, Text>;
type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Catalogue> = { en, ru };

export interface Texts {
  language: Language;
  /** The text of a key; `count` chooses its plural form. */
  t(key: Key, values?: Values): string;
  /** The text of a key that may not be there, as for a code that a newer service made up. */
  maybe(key: string): string | null;
  number(value: number, digits?: number): string;
  percent(value: number): string;
  date(value: string | Date): string;
  moment(value: string | Date): string;
  ago(value: string | Date): string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function made(language: Language): Texts {
  const catalogue = CATALOGUES[language];
  const plurals = new Intl.PluralRules(language);
  const whole = new Intl.NumberFormat(language);
  const percents = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const spans = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

  const worded = (text: Text, values: Values): string => {
    const form = typeof text === "string" ? text : (text[plurals.select(Number(values.count ?? 0))] ?? text.other ?? "");
    return form.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? "";
      return typeof value === "number" ? whole.format(value) : value;
    });
  };

  return {
    language,
    t: (key, values = {}) => worded(catalogue[key], values),
    maybe: (key) => (Object.hasOwn(catalogue, key) ? worded(catalogue[key as Key], {}) : null),
    number: (value, digits = 0) =>
      new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    percent: (value) => percents.format(value),
    date: (value) => dates.format(new Date(value)),
    moment: (value) => moments.format(new Date(value)),
    ago: (value) => {
      const seconds = (new Date(value).getTime() - Date.now()) / 1000;
      const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
      return spans.format(Math.round(seconds / size), unit);
    },
  };
}

const MADE = new Map<Language, Texts>();

export function useTexts(): Texts {
  const language = useLanguage();
  return useMemo(() => {
    const texts = MADE.get(language) ?? made(language);
    MADE.set(language, texts);
    return texts;
  }, [language]);
}
