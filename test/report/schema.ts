/** The part of JSON Schema that schema/report.schema.json uses. */
export interface Schema {
  readonly type?: string;
  readonly const?: string | number;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Where `value` breaks the schema, one text each. */
export function violations(value: unknown, schema: Schema, root = schema, path = "$"): readonly string[] {
  if (schema.$ref !== undefined) {
    return violations(value, root.$defs![schema.$ref.replace("#/$defs/", "")]!, root, path);
  }
  if (schema.const !== undefined && value !== schema.const) return [`${path} is not ${schema.const}`];
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${path}: ${String(value)} is not allowed`];
  switch (schema.type) {
    case undefined:
      return [];
    case "string":
      if (typeof value !== "string") return [`${path} is no text`];
      return schema.pattern === undefined || new RegExp(schema.pattern).test(value)
        ? []
        : [`${path}: ${value}`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${path} is no boolean`];
    case "integer":
    case "number":
      return numberViolations(value, schema, path);
    case "array":
      if (!Array.isArray(value)) return [`${path} is no list`];
      return value.flatMap((item, i) => violations(item, schema.items ?? {}, root, `${path}[${i}]`));
    case "object":
      return objectViolations(value, schema, root, path);
    default:
      throw new Error(`${path}: this validator does not know the type ${schema.type}`);
  }
}

function numberViolations(value: unknown, schema: Schema, path: string): readonly string[] {
  if (typeof value !== "number") return [`${path} is no number`];
  if (schema.type === "integer" && !Number.isInteger(value)) return [`${path}: ${value} is not whole`];
  const inRange = value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  return inRange ? [] : [`${path}: ${value} is out of range`];
}

function objectViolations(value: unknown, schema: Schema, root: Schema, path: string): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is no object`];
  const missing = (schema.required ?? [])
    .filter((key) => !(key in value))
    .map((key) => `${path}.${key} is missing`);
  const inner = Object.entries(value).flatMap(([key, child]) => {
    const known = schema.properties?.[key];
    if (known !== undefined) return violations(child, known, root, `${path}.${key}`);
    if (typeof schema.additionalProperties === "object") {
      return violations(child, schema.additionalProperties, root, `${path}.${key}`);
    }
    return schema.additionalProperties === false ? [`${path}.${key} is not in the schema`] : [];
  });
  return [...missing, ...inner];
}
