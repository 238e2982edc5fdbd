import { domainToUnicode } from 'node:url';
import { tlds } from '@hapi/tlds';

/**
 * Country codes of ISO 3166-1 that X links although their top-level domain was never delegated. IANA's list has only delegated ones.
 * https://www.iso.org/obp/ui/#search/code
 */
const UNDELEGATED = ['bl', 'bq', 'eh', 'mf', 'um'];

/** Endings that IANA has withdrawn and X still links: two countries' and those of brands and others. `onion` is reserved: RFC 7686. */
const WITHDRAWN = (
  'an tp onion 诺基亚 珠宝 手表 工行 大众汽车 موبايلي اتصالات ' +
  'abarth active adac afamilycompany aigo alfaromeo avianca bananarepublic bentley blanco bnl boots ' +
  'budapest bugatti cancerresearch cartier caseih cbs ceb chloe chrysler cityeats comcast ' +
  'cookingchannel csc dabur dodge doha doosan duck dunlop duns epost esurance etisalat everbank fiat ' +
  'flsmidth foodnetwork frontdoor fujixerox glade goo goodhands guardian hgtv honeywell hoteles htc ' +
  'iinet intel iselect iveco iwc jcp jlc kerrylogistics kinder ladbrokes lancaster lancia lancome ' +
  'liaison linde lipsy lixil loft lupin macys maserati mcd mcdonalds meo metlife mobily montblanc mopar ' +
  'movistar mtpc mutual mutuelle nadex nationwide natura newholland northwesternmutual off oldnavy ' +
  'onyourside orientexpress pamperedchef panerai passagens piaget pramerica qvc raid redstone ' +
  'rightathome rmit rocher sapo sca scjohnson scor ses shaw showtime shriram spiegel spreadbetting srt ' +
  'starhub statoil swiftcover symantec telecity telefonica tiffany travelchannel uconnect vista ' +
  'vistaprint volkswagen vuelos warman wolterskluwer xfinity xperia zippo'
).split(' ');

/** The endings of a host name that X links, in lower case and in Unicode. */
const ENDINGS: ReadonlySet<string> = new Set([
  ...[...tlds].map(domainToUnicode),
  ...UNDELEGATED,
  ...WITHDRAWN,
]);
const LONGEST = Math.max(...[...ENDINGS].map((ending) => ending.length));

const ENCODED = /xn--[-0-9a-z]+/iy;
/** After an ending must not follow what would make it a longer word, an e-mail address or a hyphenated one. */
const ENDS = /^(?:[^0-9a-zA-Z@+-]|$)/;

/** Returns the offset after the top-level domain that begins at `at`, or null if there is none that X would link. */
export function endingAt(text: string, at: number): number | null {
  for (let length = Math.min(LONGEST, text.length - at); length > 0; length--)
    if (
      ENDINGS.has(text.slice(at, at + length).toLowerCase()) &&
      ENDS.test(text.slice(at + length, at + length + 1))
    )
      return at + length;
  ENCODED.lastIndex = at;
  return ENCODED.test(text) ? ENCODED.lastIndex : null;
}
