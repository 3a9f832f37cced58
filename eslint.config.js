import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "coverage", "firmware", "**/*.mjs", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Typed-array reads in range are the daily bread of a simulator.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Numbers in messages are the point of the messages.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // A parameter that an interface asks for and this implementation does not need.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // vitest's and commander's callbacks are often async without an await.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
);
