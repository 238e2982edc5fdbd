import { router } from '../init';

export const todoRouter = router({});
