import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

// Imports go downwards, as README.md has it: a folder's files know nothing of these.
const OUT_OF_SIGHT = {
  lib: ["$parts/*", "**/parts/**", "**/public/**", "**/staff/**", "**/embed/**"],
  parts: ["**/public/**", "**/staff/**", "**/embed/**"],
  public: ["**/staff/**", "**/embed/**"],
  staff: ["**/public/**", "**/embed/**"],
  embed: ["$parts/*", "**/parts/**", "**/public/**", "**/staff/**"],
};

export default ts.config(
  { ignores: ["node_modules/", "static/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs["flat/recommended"],
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  { files: ["**/*.svelte", "**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser } } },
  ...Object.entries(OUT_OF_SIGHT).map(([folder, group]) => ({
    files: [`src/${folder}/**`],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group, message: `src/${folder}/ knows nothing of that.` }] }],
    },
  })),
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      // Addresses are made by the server's own routes here, not by a router of this framework.
      "svelte/no-navigation-without-resolve": "off",
      // Times go through one module, by the clinic's clock.
      "no-restricted-properties": [
        "error",
        ...[
          "toLocaleString",
          "toLocaleDateString",
          "toLocaleTimeString",
          "getHours",
          "getDate",
          "getDay",
          "getMonth",
        ].map((property) => ({
          property,
          message: "Times and dates go through src/lib/time.ts, in the clinic's zone.",
        })),
      ],
    },
  },
);
