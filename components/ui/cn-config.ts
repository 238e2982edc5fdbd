import type { ClassValidator, Config } from 'tailwind-merge';

/** Tailwind's values are not checked here, only told apart where two groups share a beginning. */
const any: ClassValidator = () => true;
const width: ClassValidator = (value) => /^\d+$/.test(value);
const size: ClassValidator = (value) => /^(\d*xl|xs|sm|lg|base|\[[\d.]+(rem|px|em)\])$/.test(value);

/** Groups that are their own beginning: `p-4`, `max-w-lg`, `rounded`. */
const PLAIN =
  'aspect basis order grow shrink gap gap-x gap-y p px py pt pr pb pl ps pe m mx my mt mr mb ml ms me inset inset-x inset-y top right bottom left z size w min-w max-w h min-h max-h grid-cols grid-rows auto-rows auto-cols tracking leading line-clamp underline-offset rounded rounded-t rounded-r rounded-b rounded-l opacity duration delay ease animate translate-x translate-y rotate scale accent appearance cursor pointer-events scroll-py scroll-px touch object select fill resize field-sizing space-x space-y shadow align whitespace justify-items justify-self overflow overflow-x overflow-y columns from via to';

const groups: Record<string, Config<string, string>['classGroups'][string]> = {
  display: [
    'block',
    'inline-block',
    'inline',
    'flex',
    'inline-flex',
    'grid',
    'inline-grid',
    'contents',
    'table',
    'hidden',
  ],
  sr: ['sr-only', 'not-sr-only'],
  position: ['static', 'fixed', 'absolute', 'relative', 'sticky'],
  visibility: ['visible', 'invisible', 'collapse'],
  'flex-direction': [{ flex: ['row', 'row-reverse', 'col', 'col-reverse'] }],
  'flex-wrap': [{ flex: ['wrap', 'nowrap', 'wrap-reverse'] }],
  flex: [{ flex: [any] }],
  'col-start-end': [{ col: [any] }],
  'col-start': [{ 'col-start': [any] }],
  'row-start-end': [{ row: [any] }],
  'row-start': [{ 'row-start': [any] }],
  'justify-content': [
    { justify: ['normal', 'start', 'end', 'center', 'between', 'around', 'evenly', 'stretch'] },
  ],
  'align-content': [{ content: ['normal', 'start', 'end', 'center', 'between', 'around', 'stretch'] }],
  content: [{ content: [any] }],
  'align-items': [{ items: [any] }],
  'align-self': [{ self: [any] }],
  'place-items': [{ 'place-items': [any] }],
  'font-size': [{ text: [size] }],
  'text-alignment': [{ text: ['left', 'center', 'right', 'justify', 'start', 'end'] }],
  'text-overflow': ['truncate', { text: ['ellipsis', 'clip'] }],
  'text-wrap': [{ text: ['wrap', 'nowrap', 'balance', 'pretty'] }],
  'text-color': [{ text: [any] }],
  'font-weight': [{ font: ['normal', 'medium', 'semibold', 'bold'] }],
  'font-family': [{ font: [any] }],
  'fvn-spacing': ['tabular-nums', 'proportional-nums'],
  'list-style-type': [{ list: ['disc', 'decimal', 'none'] }],
  'text-decoration': ['underline', 'overline', 'line-through', 'no-underline'],
  'text-transform': ['uppercase', 'lowercase', 'capitalize', 'normal-case'],
  wrap: [{ wrap: [any] }],
  'bg-color': [{ bg: [any] }],
  'border-w': [{ border: ['', width] }],
  'border-style': [{ border: ['solid', 'dashed', 'dotted', 'double', 'hidden', 'none'] }],
  'border-collapse': [{ border: ['collapse', 'separate'] }],
  'border-color': [{ border: [any] }],
  'divide-x': [{ 'divide-x': ['', width] }],
  'divide-y': [{ 'divide-y': ['', width] }],
  'divide-color': [{ divide: [any] }],
  'outline-style': [{ outline: ['solid', 'dashed', 'dotted', 'double', 'none', 'hidden'] }],
  'outline-offset': [{ 'outline-offset': [any] }],
  'outline-w': [{ outline: ['', width] }],
  'outline-color': [{ outline: [any] }],
  'table-layout': [{ table: ['auto', 'fixed'] }],
  caption: [{ caption: ['top', 'bottom'] }],
  transition: ['transition', { transition: [any] }],
  'ring-w': [{ ring: ['', width] }],
  'ring-color': [{ ring: [any] }],
  'inset-ring-w': [{ 'inset-ring': ['', width] }],
  'inset-ring-color': [{ 'inset-ring': [any] }],
  'stroke-w': [{ stroke: [width] }],
  stroke: [{ stroke: [any] }],
};
for (const name of PLAIN.split(' ')) groups[name] = [{ [name]: ['', any] }];
const conflicts: Record<string, string[]> = {
  overflow: ['overflow-x', 'overflow-y'],
  inset: ['inset-x', 'inset-y', 'top', 'right', 'bottom', 'left'],
  'inset-x': ['right', 'left'],
  'inset-y': ['top', 'bottom'],
  flex: ['basis', 'grow', 'shrink'],
  gap: ['gap-x', 'gap-y'],
  p: ['px', 'py', 'ps', 'pe', 'pt', 'pr', 'pb', 'pl'],
  px: ['pr', 'pl'],
  py: ['pt', 'pb'],
  m: ['mx', 'my', 'ms', 'me', 'mt', 'mr', 'mb', 'ml'],
  mx: ['mr', 'ml'],
  my: ['mt', 'mb'],
  size: ['w', 'h'],
  'font-size': ['leading'],
  'line-clamp': ['display', 'overflow'],
  rounded: ['rounded-t', 'rounded-r', 'rounded-b', 'rounded-l'],
};
// A side's width and colour: `border-b`, `border-l-2`, `border-l-accent`.
for (const side of ['t', 'r', 'b', 'l', 'x', 'y']) {
  groups[`border-w-${side}`] = [{ [`border-${side}`]: ['', width] }];
  groups[`border-color-${side}`] = [{ [`border-${side}`]: [any] }];
}
for (const kind of ['border-w', 'border-color']) {
  conflicts[kind] = ['x', 'y', 't', 'r', 'b', 'l'].map((side) => `${kind}-${side}`);
  conflicts[`${kind}-x`] = [`${kind}-r`, `${kind}-l`];
  conflicts[`${kind}-y`] = [`${kind}-t`, `${kind}-b`];
}

/**
 * What tailwind-merge has to know of Tailwind for the classes that are used here: a fifth of its own table, which would be 7 kB of every
 * page. A test holds the two together for every class in the project; one that this table does not know is simply kept.
 */
export const config: Config<string, string> = {
  cacheSize: 500,
  theme: {},
  classGroups: groups,
  conflictingClassGroups: conflicts,
  conflictingClassGroupModifiers: { 'font-size': ['leading'] },
  postfixLookupClassGroups: [],
  orderSensitiveModifiers: [
    '*',
    '**',
    'after',
    'before',
    'details-content',
    'file',
    'first-letter',
    'first-line',
    'marker',
    'placeholder',
    'selection',
  ],
};
