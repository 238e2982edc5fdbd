// Starts the server of the first argument as scripts/start.mjs does, for starter.test.ts.
import { runServer } from '../../scripts/lib.mjs';

const server = runServer(['-e', process.argv[2]], process.env);
console.log('server', server.child.pid);
const code = await server.ended;
console.log('asked', server.asked);
process.exit(code);
