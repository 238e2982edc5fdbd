import { router } from '../init';

export const connectionsRouter = router({});
