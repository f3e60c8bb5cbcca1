import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  trailingSlash: true,
  reactStrictMode: true,
  images: { unoptimized: true },
  // Two builds of the same sources give the same file names.
  generateBuildId: () => "export",
};

export default config;
