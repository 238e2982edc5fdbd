import { router } from '../init';

export const topicsRouter = router({});
