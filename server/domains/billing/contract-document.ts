import { isObject, type Json, readContract } from '@/tests/contracts/readers/contract';
import { type OpenApiContract, openApi } from '@/tests/contracts/readers/openapi';

/**
 * Stripe's document dates from 2023-08-16, but its samples of every resource are current and take precedence (see notes/stripe.md beside
 * the document). Each schema is therefore adapted to the vendor's own sample of it. Properties that neither of the two has must not be
 * sent.
 */
export const loadStripe = (): Promise<OpenApiContract> =>
  openApi('stripe/spec3.trimmed.2023-08-16.json', { amend: bringUpToDate });

function bringUpToDate(document: Json): void {
  const { schemas } = document.components as { schemas: Record<string, Json> };
  const { resources } = readContract('stripe/fixtures3.json') as { resources: Record<string, Json> };
  for (const [name, sample] of Object.entries(resources)) {
    const schema = schemas[name];
    if (schema?.properties) bring(schemas, schema, sample, true);
  }
  // The sample omits the optional part of a line's pricing; the notes name it.
  const line = schemas.line_item?.properties as Record<string, Json>;
  const pricing = line.pricing?.properties as Record<string, Json>;
  pricing.price_details = {
    type: 'object',
    properties: { price: { type: 'string' }, product: { type: 'string' } },
    required: ['price', 'product'],
    additionalProperties: false,
  };
  addInvoicePayment(schemas, resources.invoice_payment);
  close(document);
}

/**
 * Adds the link between an invoice and its payment, which the document is too old to have. The sample omits the ids of the payment, which the
 * vendor's client names.
 */
function addInvoicePayment(schemas: Record<string, Json>, sample: Json | undefined): void {
  const schema = shown(sample);
  const properties = schema.properties as Record<string, Json>;
  const id = { type: 'string' };
  properties.payment = {
    type: 'object',
    properties: { type: id, charge: id, payment_intent: id, payment_record: id },
    required: ['type'],
  };
  // Nullable only in the sample, which has null.
  properties.amount_paid = { type: 'integer', nullable: true };
  schemas.invoice_payment = { ...schema, nullable: false, required: Object.keys(properties) };
}

/** Forbids properties that the schema does not name, in requests and responses. */
function close(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const child of Object.values(node)) close(child);
  const schema = node as Json;
  if (schema.type === 'object' && isObject(schema.properties)) schema.additionalProperties ??= false;
}

/**
 * Adapts a schema to its sample: properties that the sample omits become optional, and those that it adds become known (and required with
 * `whole`).
 */
function bring(schemas: Record<string, Json>, schema: Json, sample: Json, whole = false): void {
  const properties = schema.properties as Record<string, Json>;
  const required = new Set(schema.required as string[] | undefined);
  for (const name of required) if (!(name in sample)) required.delete(name);
  for (const [name, value] of Object.entries(sample)) {
    const known = properties[name];
    if (known) {
      properties[name] = widened(schemas, known, value);
      continue;
    }
    properties[name] = shown(value);
    if (whole) required.add(name);
  }
  schema.required = [...required];
}

/** Returns the schema of a property, widened where the sample's value does not fit. */
function widened(schemas: Record<string, Json>, known: Json, value: unknown): Json {
  const branches = ((known.anyOf as Json[] | undefined) ?? [known]).map((b) => resolve(schemas, b));
  if (value === null) return { ...known, nullable: true };
  if (Array.isArray(value)) {
    const list = branches.find((b) => b.type === 'array');
    if (!list) return { anyOf: [known, shown(value)] };
    if (isObject(list.items) && value.length > 0) list.items = widened(schemas, list.items, value[0]);
    return known;
  }
  if (isObject(value)) {
    const holder = branches.find((b) => b.properties) ?? branches.find((b) => b.type === 'object');
    if (!holder) return { anyOf: [known, shown(value)] };
    if (holder.properties) bring(schemas, holder, value);
    return known;
  }
  const fits = branches.some(
    (b) =>
      (b.type === undefined || typesOf(value).includes(String(b.type))) &&
      (!Array.isArray(b.enum) || b.enum.includes(value)),
  );
  return fits ? known : { anyOf: [known, shown(value)] };
}

const typesOf = (value: unknown): string[] =>
  typeof value === 'number' ? (Number.isInteger(value) ? ['integer', 'number'] : ['number']) : [typeof value];

/** Derives a schema from a sample of something that the document does not have. */
function shown(value: unknown): Json {
  if (value === null) return {};
  if (Array.isArray(value))
    return { type: 'array', nullable: true, ...(value.length > 0 ? { items: shown(value[0]) } : {}) };
  if (isObject(value))
    return {
      type: 'object',
      nullable: true,
      properties: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shown(v)])),
      additionalProperties: Object.keys(value).length === 0,
    };
  return { type: typesOf(value)[0], nullable: true };
}

function resolve(schemas: Record<string, Json>, schema: Json): Json {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  return name ? resolve(schemas, schemas[name] ?? {}) : schema;
}
