"use client";

import type { Status } from "@/client/api/ahead";
import { useTexts } from "@/client/i18n/text";

import { Chip } from "./panel";

interface Scored {
  status?: Status;
  model?: { name?: string; version: string; kind?: string } | null;
  computed_at?: string | null;
}

/** By what and when a score was made, and whether it is less than it could be. */
export function ModelNote({ of: { status, model, computed_at } }: { of: Scored }) {
  const { t, ago, moment } = useTexts();
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      {status && status !== "scored" && <Chip>{t(`status.${status}`)}</Chip>}
      {model?.kind && (
        <span title={`${model.name ?? ""} ${model.version}`}>{t("model.by", { model: model.kind.replaceAll("_", " ") })}</span>
      )}
      {computed_at && <time dateTime={computed_at} title={moment(computed_at)}>{t("computed", { when: ago(computed_at) })}</time>}
    </span>
  );
}
