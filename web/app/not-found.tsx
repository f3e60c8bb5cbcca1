"use client";

import { buttonClass } from "@/components/button";
import { useTexts } from "@/client/i18n/text";

export default function NotFound() {
  const { t } = useTexts();
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 p-6 text-center">
      <h1>{t("missing.title")}</h1>
      <p className="text-soft">{t("missing.text")}</p>
      {/* a whole load: nothing of the application may be here yet */}
      <a href="/dashboard/" className={buttonClass("main")}>
        {t("missing.home")}
      </a>
    </main>
  );
}
