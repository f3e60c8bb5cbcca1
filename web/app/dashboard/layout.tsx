import { type ReactNode, Suspense } from "react";

import { Providers } from "@/components/providers";
import { Shell } from "@/components/shell";

export default function DashboardLayout({ children }: { children: ReactNode }) {
  return (
    <Providers>
      <Shell>
        <Suspense>{children}</Suspense>
      </Shell>
    </Providers>
  );
}
