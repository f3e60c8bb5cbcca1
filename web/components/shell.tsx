// The frame of every page: navigation, search, who is signed in, what is missing.
"use client";

import { ExternalLink, Menu, X } from "lucide-react";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";

import { useTexts } from "@/client/i18n/text";
import { useEmbedded } from "@/client/links";
import { useServices } from "@/client/queries";
import { useSession } from "@/client/session";

import { IconButton } from "./button";
import { Nav } from "./nav";
import { Notices } from "./notices";
import { Palette } from "./palette";
import { Me, Switches } from "./settings";
import { SignInAgain, SignInForm } from "./sign-in";
import { Banner, serviceName, Skeleton } from "./states";

export function Shell({ children }: { children: ReactNode }) {
  const session = useSession();
  const embedded = useEmbedded();
  if (session.state === "starting") {
    return (
      <main className="mx-auto max-w-3xl p-8">
        <Skeleton />
      </main>
    );
  }
  if (session.state === "none") {
    return (
      <main className="flex min-h-dvh items-center justify-center p-6">
        <div className="w-full max-w-md space-y-6">
          <Mark />
          <SignInForm key={session.reason} session={session} />
          <Switches />
        </div>
      </main>
    );
  }
  return (
    <>
      <Skip />
      <div className={embedded ? "" : "lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]"}>
        {!embedded && <Side />}
        <div className="min-w-0">
          <Top embedded={embedded} />
          <main id="content" tabIndex={-1} className="mx-auto max-w-6xl space-y-4 p-4 pb-24 outline-none sm:p-6">
            <Missing />
            {children}
          </main>
        </div>
      </div>
      <Notices />
      {session.state === "refused" && <SignInAgain session={session} />}
    </>
  );
}

function Skip() {
  const { t } = useTexts();
  return (
    <a
      href="#content"
      className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-panel focus:px-3 focus:py-2"
    >
      {t("app.skip")}
    </a>
  );
}

function Mark() {
  const { t } = useTexts();
  return (
    <span className="flex items-center gap-2 px-2 text-base font-semibold tracking-tight">
      <svg viewBox="0 0 20 20" className="size-5 text-accent" aria-hidden>
        <circle cx="6" cy="10" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" />
        <circle cx="13.5" cy="10" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" />
      </svg>
      {t("app.name")}
    </span>
  );
}

function Side() {
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col gap-6 overflow-y-auto border-r border-line bg-panel p-3 pt-4 lg:flex">
      <Mark />
      <Nav />
      <div className="mt-auto space-y-3">
        <Me />
        <Switches />
      </div>
    </aside>
  );
}

function Top({ embedded }: { embedded: boolean }) {
  const { t } = useTexts();
  const here = usePathname();
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-b border-line bg-ground/90 px-4 backdrop-blur sm:px-6">
      <Drawer narrow={!embedded} />
      <Palette />
      {embedded && (
        <a href={here} target="_blank" rel="noopener" className="ml-auto text-soft hover:text-ink" title={t("embed.open")}>
          <ExternalLink size={16} aria-hidden />
          <span className="sr-only">{t("embed.open")}</span>
        </a>
      )}
    </header>
  );
}

/** The navigation where there is no room beside the page. */
function Drawer({ narrow }: { narrow: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { t } = useTexts();
  const close = () => dialog.current?.close();
  return (
    <>
      <IconButton label={t("app.menu")} className={narrow ? "lg:hidden" : ""} onClick={() => dialog.current?.showModal()}>
        <Menu size={18} aria-hidden />
      </IconButton>
      <dialog
        ref={dialog}
        aria-label={t("app.menu")}
        onClick={(event) => event.target === dialog.current && close()}
        className="m-0 h-dvh max-h-none w-72 max-w-[85vw] border-r border-line p-0 shadow-float"
      >
        <div className="flex min-h-full flex-col gap-6 p-3">
          <div className="flex items-center justify-between">
            <Mark />
            <IconButton label={t("app.close")} onClick={close}>
              <X size={18} aria-hidden />
            </IconButton>
          </div>
          <Nav onGo={close} />
          <div className="mt-auto space-y-3">
            <Me />
            <Switches />
          </div>
        </div>
      </dialog>
    </>
  );
}

/** Names the services that are part of this installation and do not answer. */
function Missing() {
  const texts = useTexts();
  const { data: services, error } = useServices();
  const away = Object.entries(services ?? {}).filter(([, state]) => state !== "ready");
  useEffect(() => {
    document.documentElement.lang = texts.language;
  }, [texts.language]);
  if (error) return <Banner>{texts.t("problem.no_connection")}</Banner>;
  if (away.length === 0) return null;
  const names = away.map(([service]) => serviceName(texts, service)).join(", ");
  return <Banner>{texts.t("degraded.away", { services: names })}</Banner>;
}
