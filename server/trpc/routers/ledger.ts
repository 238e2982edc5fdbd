import { router } from '../init';

export const ledgerRouter = router({});
