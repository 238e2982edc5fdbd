import { router } from '../init';

export const publicationsRouter = router({});
