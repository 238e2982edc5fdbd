import { router } from '../init';

export const alertsRouter = router({});
