// Writes which operations this release's OpenAPI document has: pages wait with a clear word for those it lacks.
import { readFileSync, writeFileSync } from "node:fs";

const document = JSON.parse(readFileSync("../gateway/proxy/openapi.json", "utf8"));
const paths = Object.keys(document.paths).filter((path) => !path.startsWith("/api/ml/crm/") && !path.startsWith("/api/ml/keys"));
writeFileSync("client/api/described.json", JSON.stringify(paths));
