import type { StandIn } from '../stand-in';
import { ETSY_SCOPES, etsyRules, etsyTokens, etsyVendor } from './auth';
import { etsyActions, etsySection } from './control';
import { etsyPages } from './pages';
import { etsyOperations } from './routes';
import { ETSY_BUYERS, letBuyersCome } from './sales';

/** The stand-in for Etsy: listings, orders and a shop's money, with simulated buyers. */
export const etsy: StandIn = {
  id: 'etsy',
  name: 'Etsy',
  accent: { light: '#b0430c', dark: '#ffb088', onDark: '#2c1000' },
  vendor: etsyVendor,
  signIn: {
    rules: etsyRules,
    separator: ' ',
    scopes: ETSY_SCOPES,
    describe: (_a, shops) => `Shop: ${shops.map((s) => s.handle).join(', ')}`,
    paths: { authorize: '/oauth/connect', token: '/v3/public/oauth/token', apps: '/your/account/apps' },
    tokens: etsyTokens,
    client: 'form',
  },
  accounts: [
    { id: '482915377', handle: 'miraokafor', name: 'Mira Okafor' },
    {
      id: '38471529',
      kind: 'shop',
      handle: 'InkAndOakPrints',
      name: 'Ink and Oak Prints',
      parentId: '482915377',
      about: 'Printable art and small goods',
      followers: 640,
    },
    { id: '517204968', handle: 'leosandoval', name: 'Leo Sandoval' },
    {
      id: '41726058',
      kind: 'shop',
      handle: 'PlannerPixelStudio',
      name: 'Planner Pixel Studio',
      parentId: '517204968',
      about: 'Planners and templates',
      followers: 220,
    },
  ],
  switches: [
    {
      key: ETSY_BUYERS,
      initial: true,
      button: { on: 'Keep buyers away', off: 'Let buyers come' },
      state: { on: 'Buyers come by themselves.', off: 'Buyers stay away.' },
    },
  ],
  listed: {
    title: 'Etsy shops',
    kind: 'shop',
    link: (a) => `/shop/${a.handle}`,
    line: (a) => a.about,
    also: '/shop',
  },
  control: { section: etsySection, actions: etsyActions },
  pages: etsyPages,
  apis: [etsyOperations],
  passTime: letBuyersCome,
};
