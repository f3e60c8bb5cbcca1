"use client";

import { type FormEvent, useEffect, useId, useRef } from "react";

import { useTexts } from "@/client/i18n/text";
import { type Session, signIn } from "@/client/session";

import { buttonClass } from "./button";

type Closed = Extract<Session, { state: "none" | "refused" }>;

function useWords(session: Closed): { title: string; text: string } {
  const { t } = useTexts();
  if (session.state === "none") return { title: t("sign.title"), text: t(`sign.${session.reason}`) };
  const expired = session.code === "token_expired";
  return { title: t("sign.again"), text: expired ? t("sign.expired") : t("sign.refused", { code: session.code }) };
}

export function SignInForm({ session }: { session: Closed }) {
  const { t } = useTexts();
  const { title, text } = useWords(session);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (field.current) signIn(field.current.value);
  };

  return (
    <form onSubmit={submit} className="w-full max-w-md space-y-4">
      <h1>{title}</h1>
      <p className="text-soft" role={session.state === "refused" || session.reason === "malformed" ? "alert" : undefined}>
        {text}
      </p>
      <pre className="rounded-md bg-raised px-3 py-2 font-mono text-xs">.venv/bin/rapport token</pre>
      <div className="space-y-1">
        <label htmlFor={id} className="text-xs font-medium">
          {t("sign.token")}
        </label>
        <input
          id={id}
          ref={field}
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          className="h-9 w-full rounded-md border border-line-strong bg-panel px-3 font-mono text-xs"
        />
      </div>
      <div className="flex items-center gap-3">
        <button type="submit" className={buttonClass("main")}>
          {t("sign.submit")}
        </button>
        <p className="text-xs text-soft">{t("sign.kept")}</p>
      </div>
    </form>
  );
}

/** Over the page that stays as it was: a good token brings it back where it stood. */
export function SignInAgain({ session }: { session: Closed }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { title } = useWords(session);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => event.preventDefault()}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg border border-line p-6 shadow-float"
    >
      <SignInForm session={session} />
    </dialog>
  );
}
