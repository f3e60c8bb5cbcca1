import "./globals.css";

import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = {
  title: "Rapport",
  description: "Relationship intelligence for your CRM",
  icons: { icon: "/dashboard/icon.svg" },
  referrer: "no-referrer",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // start.js sets language and colours before React looks
    <html lang="en" suppressHydrationWarning>
      <head>
        <script src="/dashboard/start.js" />
      </head>
      <body>{children}</body>
    </html>
  );
}
