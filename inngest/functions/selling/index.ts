import type { InngestFunction } from 'inngest';

const functions: InngestFunction.Any[] = [];
export default functions;
