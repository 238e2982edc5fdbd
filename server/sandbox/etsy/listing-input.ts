import { bad } from './auth';

const WHO = ['i_did', 'someone_else', 'collective'];
const WHEN = [
  'made_to_order',
  '2020_2025',
  '2020_2026',
  '2010_2019',
  '2006_2009',
  'before_2006',
  '2000_2005',
  '1990s',
  '1980s',
  '1970s',
  '1960s',
  '1950s',
  '1940s',
  '1930s',
  '1920s',
  '1910s',
  '1900s',
  '1800s',
  '1700s',
  'before_1700',
];
const TYPES = ['physical', 'download', 'both'];
const TITLE = /^[\p{L}\p{Nd}\p{P}\p{Sm}\p{Zs}™©®$+|<>=^`~]+$/u;

export interface ListingInput {
  title?: string;
  description?: string;
  priceCents?: number;
  quantity?: number;
  state?: 'active' | 'inactive';
  fields: Record<string, unknown>;
}

const one = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const list = (value: unknown): string[] | undefined =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value.map(String) : String(value).split(','))
        .map((v) => v.trim())
        .filter(Boolean);
const flag = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : value === true || value === 'true' || value === '1';

function whole(form: Record<string, unknown>, name: string): number | undefined {
  if (form[name] === undefined || form[name] === '') return undefined;
  const number = Number(form[name]);
  if (!Number.isInteger(number) || number < 1) bad(`${name} must be a positive integer`);
  return number;
}

/** Parses a price in currency units into cents, exactly and with at most two decimals. */
export function priceOf(value: unknown): number {
  const match = /^(\d{1,6})(?:\.(\d{1,2})0*)?$/.exec(String(value ?? ''));
  if (!match) return bad('price must be a number with at most two decimals');
  const cents = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  if (cents < 20 || cents > 5_000_000) return bad('price must be between 0.20 and 50000.00');
  return cents;
}

export function quantityOf(value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 999)
    return bad('quantity must be between 1 and 999');
  return number;
}

/** Validates a seller's input for a listing against the vendor's limits. */
export function listingInput(form: Record<string, unknown>, creating: boolean): ListingInput {
  if (creating)
    for (const name of ['quantity', 'title', 'description', 'price', 'who_made', 'when_made', 'taxonomy_id'])
      if (form[name] === undefined || form[name] === '') bad(`The request is missing the parameter ${name}`);
  const out: ListingInput = { fields: {} };
  const title = one(form.title);
  if (title !== undefined) {
    if (title.length === 0 || title.length > 140) bad('title must have between 1 and 140 characters');
    if (!TITLE.test(title) || ['%', ':', '&', '+'].some((char) => title.split(char).length > 2))
      bad('title has a character that is not allowed, or one of % : & + more than once');
    out.title = title;
  }
  if (form.description !== undefined)
    out.description = one(form.description)?.trim() || bad('description must not be empty');
  if (form.price !== undefined && creating) out.priceCents = priceOf(form.price);
  if (form.quantity !== undefined && creating) out.quantity = quantityOf(form.quantity);
  const state = one(form.state);
  if (state !== undefined && !creating) {
    if (state !== 'active' && state !== 'inactive') return bad('state must be active or inactive');
    out.state = state;
  }
  for (const [name, allowed] of [
    ['who_made', WHO],
    ['when_made', WHEN],
  ] as const) {
    const value = one(form[name]);
    if (value !== undefined && !allowed.includes(value)) bad(`${name} has an unknown value`);
    if (value !== undefined) out.fields[name] = value;
  }
  const type = one(form.type);
  if (type !== undefined && !TYPES.includes(type)) bad('type must be physical, download or both');
  if (type !== undefined || creating) out.fields.listing_type = type ?? 'physical';
  for (const name of [
    'taxonomy_id',
    'shipping_profile_id',
    'return_policy_id',
    'shop_section_id',
    'readiness_state_id',
  ]) {
    const value = whole(form, name);
    if (value !== undefined) out.fields[name] = value;
  }
  for (const name of [
    'is_supply',
    'is_taxable',
    'is_customizable',
    'is_personalizable',
    'should_auto_renew',
  ]) {
    const value = flag(form[name]);
    if (value !== undefined) out.fields[name] = value;
  }
  const tags = list(form.tags);
  if (tags) {
    if (tags.length > 13) bad('A listing can have at most 13 tags');
    const wrong = tags.find((t) => t.length > 20 || !/^[\p{L}\p{Nd}\p{Zs}\-'™©®]+$/u.test(t));
    if (wrong) bad(`The tag "${wrong}" is too long or has a character that is not allowed`);
    out.fields.tags = tags;
  }
  const materials = list(form.materials);
  if (materials) {
    if (materials.length > 13) bad('A listing can have at most 13 materials');
    out.fields.materials = materials;
  }
  const styles = list(form.styles);
  if (styles) out.fields.styles = styles.slice(0, 2);
  if (creating && out.fields.listing_type !== 'download')
    for (const name of ['shipping_profile_id', 'readiness_state_id'])
      if (out.fields[name] === undefined) bad(`A physical listing needs ${name}`);
  return out;
}
