import { router } from '../init';

export const listingsRouter = router({});
