import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules/", "static/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs["flat/recommended"],
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  { files: ["**/*.svelte", "**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser } } },
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
