/** Node's arguments for the server. */
export const serverArgs: string[];
