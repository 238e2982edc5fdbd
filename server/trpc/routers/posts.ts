import { router } from '../init';

export const postsRouter = router({});
