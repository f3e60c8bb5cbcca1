"use client";

import { X } from "lucide-react";

import { dismissNotice, type Notice, undo, useActions } from "@/client/actions";
import { useTexts } from "@/client/i18n/text";

import { Button, IconButton } from "./button";
import { ProblemCodes, wording } from "./states";

/** What was just done, with the way back; read out, and never in the way of the keyboard. */
export function Notices() {
  const { notices } = useActions();
  const { t } = useTexts();
  return (
    <div
      role="region"
      aria-label={t("action.notifications")}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-40 flex flex-col items-center gap-2 sm:left-auto sm:items-end"
    >
      {notices.map((notice) => (
        <One key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function One({ notice }: { notice: Notice }) {
  const texts = useTexts();
  const { t } = texts;
  return (
    <div className="pointer-events-auto flex w-full max-w-sm items-center gap-2 rounded-lg border border-line bg-panel py-2 pr-2 pl-4 shadow-float">
      <div className="min-w-0 flex-1">
        <p className={notice.problem ? "text-bad" : ""}>{notice.text}</p>
        {notice.problem && (
          <>
            <p className="text-soft">{wording(notice.problem, texts)}</p>
            <ProblemCodes problem={notice.problem} />
          </>
        )}
      </div>
      {notice.undo && (
        <Button kind="quiet" className="text-accent" onClick={() => undo(notice.id)}>
          {t("action.undo")}
        </Button>
      )}
      <IconButton label={t("app.close")} onClick={() => dismissNotice(notice.id)}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
