import { router } from '../init';

export const generationRouter = router({});
