import type { StandIn } from '../stand-in';
import { renewDue } from './billing';
import { stripeActions, stripeSection } from './control';
import { deliverDue } from './delivery';
import { stripeVendor } from './errors';
import { stripePages } from './pages';
import { stripeRoutes } from './routes';

/** The stand-in for Stripe: subscriptions, payments and webhooks. */
export const stripe: StandIn = {
  id: 'stripe',
  name: 'Stripe',
  accent: { light: '#4b45c6', dark: '#b3b0ff', onDark: '#16134d' },
  vendor: stripeVendor,
  control: { section: stripeSection, actions: stripeActions },
  mount: (app, world) => {
    stripeRoutes(app, world);
    stripePages(app, world);
  },
  later: deliverDue,
  sweep: renewDue,
};
