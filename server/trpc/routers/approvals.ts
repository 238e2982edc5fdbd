import { router } from '../init';

export const approvalsRouter = router({});
