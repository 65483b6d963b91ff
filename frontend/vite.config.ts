import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

import { leanSvelte } from "./lean-svelte.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/*
 * Several builds, so that no page loads what another one needs: what two entries share lands in one chunk,
 * and the texts of the diary have no business on the booking page, the lightest of all.
 */
const ENTRIES: Record<string, Record<string, string>> = {
  public: {
    page: here("src/public/page.ts"),
    guide: here("src/public/guide.ts"),
    manage: here("src/public/manage.ts"),
    account: here("src/public/account.ts"),
    "sign-in": here("src/public/sign-in.ts"),
    "set-password": here("src/public/set-password.ts"),
  },
  book: { book: here("src/public/book.ts") },
  staff: { staff: here("src/staff/staff.ts") },
  embed: { embed: here("src/embed/embed.ts") },
};
const LANGUAGE = process.env.TEXTS_LANGUAGE ?? "en";

/** The catalogue as `$texts`: each section a module of its own, so that a page loads those it uses and no others. */
function textsBySection(file: string): Plugin {
  return {
    name: "texts-by-section",
    enforce: "pre",
    resolveId: (id) => (/^\$texts(\/|$)/.test(id) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith("\0$texts")) return null;
      this.addWatchFile(file);
      const catalogue = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      const section = id.split("/")[1];
      const code = section
        ? `export default ${JSON.stringify(catalogue[section])};`
        : Object.keys(catalogue)
            .map((name) => `export { default as ${name} } from "$texts/${name}";`)
            .join("\n");
      return { code, moduleSideEffects: false };
    },
  };
}

export default defineConfig(({ mode }) => {
  const input = ENTRIES[mode] ?? {}; // none: the tests
  // The one script on other people's sites has an address that never changes, and nothing beside it.
  const isOneFile = mode === "embed";
  return {
    base: `/static/app/${mode}/`,
    plugins: [
      leanSvelte(),
      textsBySection(here(`texts/${LANGUAGE}.json`)),
      svelte({ configFile: false, preprocess: [], compilerOptions: { runes: true, discloseVersion: false } }),
    ],
    publicDir: false,
    resolve: { alias: { $lib: here("src/lib"), $parts: here("src/parts") } },
    build: {
      outDir: here(`../var/frontend/app/${mode}`),
      emptyOutDir: true,
      target: "es2022",
      manifest: !isOneFile,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rollupOptions: {
        input,
        // Svelte's modules do nothing by being there; what is not used of them is left out.
        treeshake: { propertyReadSideEffects: false, moduleSideEffects: (id: string) => !/svelte\/src/.test(id) },
        optimization: { inlineConst: { mode: "all", pass: 3 } },
        output: isOneFile ? { format: "iife" as const, entryFileNames: "embed.js", codeSplitting: false } : {},
      },
    },
    test: { include: ["src/**/*.test.ts"], environment: "node" },
  };
});
