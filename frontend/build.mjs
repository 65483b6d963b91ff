// Builds what the browser gets. `node build.mjs staff` builds one part; without a name, all of them.
import { build } from "vite";

const parts = process.argv.slice(2);
for (const mode of parts.length ? parts : ["public", "book", "staff", "embed"]) {
  await build({ mode, logLevel: "warn" });
}
