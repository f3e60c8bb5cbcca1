"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";

import { asProblem } from "@/client/api/problem";
import { start, useSession } from "@/client/session";

const RETRIES = 1;

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 20_000,
        // What a person or an operator must mend is not asked again by itself.
        retry: (count, error) => count < RETRIES && asProblem(error).isAway,
        retryDelay: 500,
      },
    },
  });
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  const session = useSession();
  const token = session.state === "open" ? session.token : null;
  useEffect(start, []);
  useEffect(() => {
    if (token) void client.resetQueries();
    else if (session.state === "none") client.clear();
  }, [client, token, session.state]);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
