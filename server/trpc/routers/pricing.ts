import { router } from '../init';

export const pricingRouter = router({});
