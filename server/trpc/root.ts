import { createCallerFactory, router } from './init';
import { accountRouter } from './routers/account';
import { alertsRouter } from './routers/alerts';
import { approvalsRouter } from './routers/approvals';
import { autoPostingRouter } from './routers/auto-posting';
import { billingRouter } from './routers/billing';
import { connectionsRouter } from './routers/connections';
import { generationRouter } from './routers/generation';
import { homeRouter } from './routers/home';
import { ledgerRouter } from './routers/ledger';
import { listingsRouter } from './routers/listings';
import { onboardingRouter } from './routers/onboarding';
import { planningRouter } from './routers/planning';
import { postsRouter } from './routers/posts';
import { pricingRouter } from './routers/pricing';
import { productsRouter } from './routers/products';
import { publicationsRouter } from './routers/publications';
import { runsRouter } from './routers/runs';
import { salesRouter } from './routers/sales';
import { todoRouter } from './routers/todo';
import { topicsRouter } from './routers/topics';
import { workspaceRouter } from './routers/workspace';

/** Every procedure of the app. The tenancy matrix walks this. */
export const appRouter = router({
  account: accountRouter,
  workspace: workspaceRouter,
  onboarding: onboardingRouter,
  billing: billingRouter,
  connections: connectionsRouter,
  topics: topicsRouter,
  posts: postsRouter,
  publications: publicationsRouter,
  autoPosting: autoPostingRouter,
  planning: planningRouter,
  approvals: approvalsRouter,
  todo: todoRouter,
  generation: generationRouter,
  products: productsRouter,
  listings: listingsRouter,
  pricing: pricingRouter,
  sales: salesRouter,
  ledger: ledgerRouter,
  runs: runsRouter,
  home: homeRouter,
  alerts: alertsRouter,
});
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
