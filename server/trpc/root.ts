import { verbs } from '@/server/domains/verbs';
import { createCallerFactory, router } from './init';
import { type ProceduresOf, procedureOf } from './procedure';

type Tree = typeof verbs;

/** One router for each group of verbs, one procedure for each verb. */
export const appRouter = router(
  Object.fromEntries(
    Object.entries(verbs).map(([group, of]) => [
      group,
      Object.fromEntries(Object.entries(of).map(([name, verb]) => [name, procedureOf(verb)])),
    ]),
  ) as unknown as { [G in keyof Tree]: ProceduresOf<Tree[G]> },
);
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
