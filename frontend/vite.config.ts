import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

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

export default defineConfig(({ mode }) => {
  const input = ENTRIES[mode] ?? {}; // none: the tests
  // The one script on other people's sites has an address that never changes, and nothing beside it.
  const isOneFile = mode === "embed";
  return {
    base: `/static/app/${mode}/`,
    plugins: [svelte({ configFile: false, preprocess: [], compilerOptions: { runes: true } })],
    publicDir: false,
    resolve: { alias: { $texts: here(`texts/${LANGUAGE}.json`), $lib: here("src/lib"), $parts: here("src/parts") } },
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
        output: isOneFile ? { format: "iife" as const, entryFileNames: "embed.js", codeSplitting: false } : {},
      },
    },
    test: { include: ["src/**/*.test.ts"], environment: "node" },
  };
});
